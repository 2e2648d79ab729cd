"""Output files that appear completely or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from edge_app.errors import InputError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path to write to; it gets its real name when the block ends without an error.

    Its content is synced first, because the power may be cut at any moment: a name without content
    would be an empty file.

    Raises:
        InputError: the folder cannot be written to, the path is itself a folder, or the disk is
            full.
    """
    if path.is_dir():
        raise InputError(f"cannot write {path}: it is a folder")
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        beside.touch()
    except OSError as exc:
        raise InputError(f"cannot write {path}: {exc.strerror}") from exc
    try:
        yield beside
        try:
            _sync(beside)
            os.replace(beside, path)
            _sync(path.parent)
        except OSError as exc:
            raise InputError(f"cannot write {path}: {exc.strerror}") from exc
    finally:
        beside.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
