"""Output files that appear completely or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator

from edge_app.errors import InputError


def make_private(*paths: Path) -> None:
    """Lets nobody but the owner read and write these files and folders, if they exist.

    Those of another owner stay as they are: the one who owns them decides. So do devices.
    """
    for path in paths:
        with suppress(OSError, ValueError):  # not there, not ours, or no name for a file
            mode = path.stat().st_mode
            wanted = 0o700 if stat.S_ISDIR(mode) else 0o600
            if (stat.S_ISDIR(mode) or stat.S_ISREG(mode)) and stat.S_IMODE(mode) != wanted:
                path.chmod(wanted)


@contextmanager
def whole_file(path: Path, private: bool = False) -> Iterator[Path]:
    """A temporary path to write to; it gets its real name when the block ends without an error.

    Its content is synced first, because the power may be cut at any moment: a name without content
    would be an empty file.

    Args:
        path: of the file.
        private: nobody but the owner may read it, whatever the umask.

    Raises:
        InputError: the folder cannot be written to, the path is itself a folder, or the disk is
            full.
    """
    if os.path.isdir(path):
        raise InputError(f"cannot write {path}: it is a folder")
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        beside.touch(mode=0o600 if private else 0o666)
    except OSError as exc:
        raise InputError(f"cannot write {path}: {exc.strerror}") from exc
    if private:
        make_private(beside)  # an earlier write may have left one behind
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
