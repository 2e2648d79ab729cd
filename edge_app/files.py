"""Output files that are whole or not there."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from edge_app.errors import InputError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to; it takes its real name only when the block ends without an error.

    Raises:
        InputError: the folder cannot be written to, or the path is itself a folder.
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
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
