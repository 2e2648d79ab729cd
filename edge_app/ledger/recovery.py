"""Moves a ledger aside that cannot be used at the start, so that a new one can begin."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Callable

from edge_app.device.clock import Moment
from edge_app.errors import InputError
from edge_app.files import make_private
from edge_app.ledger.database import lock_file, parse_url

_ROOM_BYTES = 1_000_000  # free space that SQLite needs, with a margin
_COMPANIONS = ("", "-wal", "-shm")  # SQLite's own files; the last commits may be in the second


def fault_of(path: Path, wait_s: float) -> str:
    """What is wrong with a SQLite file; "" if it is intact and writable, or does not exist.

    Raises:
        InputError: the file cannot be opened.
    """
    if not path.exists():
        return "without its database file" if Path(f"{path}-wal").exists() else ""
    try:
        # Read-only first: the last close of a writer would merge the log into a damaged file.
        with closing(_connect(path, "ro", wait_s)) as file:
            found = file.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            return f"damaged ({found.splitlines()[-1]})"
        with closing(_connect(path, "rw", wait_s)) as file:
            file.execute("BEGIN IMMEDIATE")
            file.execute("ROLLBACK")
    except sqlite3.DatabaseError as exc:
        if "locked" in str(exc):
            return "held by another program"
        if shutil.disk_usage(path.parent).free < _ROOM_BYTES:  # SQLite says "disk I/O error"
            raise InputError(f"cannot open the ledger {path}: the disk is full") from exc
        if "unable to open" in str(exc) or "readonly" in str(exc):
            raise InputError(f"cannot open the ledger {path}: {exc}") from exc
        return f"damaged ({exc})"
    return ""


def _connect(path: Path, mode: str, wait_s: float) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=wait_s, isolation_level=None)


def move_aside_if_unusable(url: str, now: Callable[[], Moment], wait_s: float) -> list[str]:
    """Renames a damaged or locked SQLite ledger and its companion files; returns notes on it.

    Nothing is overwritten or deleted. Does nothing for PostgreSQL.

    Raises:
        InputError: the URL is wrong, the file cannot be renamed, or another kiosk is running.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() != "sqlite":
        return []
    path = Path(parsed.database or "")
    fault = fault_of(path, wait_s)
    if not fault:
        return []
    with lock_file(path):  # never move a ledger that a running kiosk uses
        aside = _move(path, fault, now().utc)
    return [f"The ledger {path} was {fault}. It is kept as {aside.name}; a new one was started."]


def _move(path: Path, fault: str, now: datetime) -> Path:
    """Renames the file and its companions; returns the new name."""
    aside = _free_name(path, now)
    try:
        for companion in _COMPANIONS:
            old = Path(f"{path}{companion}")
            if old.exists():
                old.rename(f"{aside}{companion}")
                make_private(Path(f"{aside}{companion}"))
    except OSError as exc:
        raise InputError(f"the ledger {path} is {fault} and cannot be moved: {exc}") from exc
    return aside


def _free_name(path: Path, now: datetime) -> Path:
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    number = 1
    while True:
        name = path.with_name(f"{path.stem}-aside-{stamp}-{number}{path.suffix}")
        if not any(Path(f"{name}{companion}").exists() for companion in _COMPANIONS):
            return name
        number += 1
