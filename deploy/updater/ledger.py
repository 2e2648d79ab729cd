"""Copies of a SQLite ledger: python -m updater.ledger copy TO | put-back COPY ASIDE

Run as the app's own user: SQLite makes files beside the database, and the app could not open those
of root.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from updater.device import LEDGER, point, sync_folder


def copy(to: Path) -> str:
    """Makes a complete copy, including the write-ahead log. Returns a line to print."""
    part = to.with_name(to.name + ".part")
    part.unlink() if part.exists() else None
    with closing(sqlite3.connect(LEDGER)) as ledger, closing(sqlite3.connect(part)) as new:
        ledger.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # one file
        said = new.execute("PRAGMA integrity_check").fetchone()[0]
    if said != "ok":
        raise SystemExit(f"the ledger is damaged ({said}): run reps results check")
    point("copying")
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    os.replace(part, to)
    sync_folder(to.parent)
    return f"kept a copy of the ledger: {to}"


def put_back(kept: Path, aside: Path) -> str:
    """Restores the previous ledger, if the newer release has changed its schema or damaged it.

    Nothing is deleted and files are only renamed, so that it works on a full disk.
    """
    if _schema(LEDGER) == _schema(kept):
        return "the ledger stays unchanged: its schema has not changed"
    aside.unlink() if aside.exists() else None
    os.link(LEDGER, aside)
    try:
        with closing(sqlite3.connect(LEDGER)) as ledger:
            ledger.execute("PRAGMA journal_mode=DELETE")  # merges the log, or it would be lost
    except sqlite3.DatabaseError:  # damaged: its log must not be applied to the restored one
        for end in ("-wal", "-shm"):
            log = Path(f"{LEDGER}{end}")
            os.replace(log, f"{aside}{end}") if log.exists() else None
    point("putting back")
    os.replace(kept, LEDGER)
    sync_folder(kept.parent)
    sync_folder(LEDGER.parent)
    return f"restored the ledger from before the update; the newer one is {aside}"


def _schema(path: Path) -> str:
    with closing(sqlite3.connect(path)) as database:
        try:
            return str(database.execute("SELECT version_num FROM alembic_version").fetchone())
        except sqlite3.DatabaseError:
            return ""  # damaged, or without tables because the app was never started


if __name__ == "__main__":
    what, *paths = sys.argv[1:]
    print(copy(Path(paths[0])) if what == "copy" else put_back(Path(paths[0]), Path(paths[1])))
