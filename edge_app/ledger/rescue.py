"""Saves what can be read of a damaged SQLite ledger into a new one."""

from __future__ import annotations

import mmap
import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, Mapping

from sqlalchemy import Table, Text
from sqlalchemy.exc import DBAPIError

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.ledger import schema
from edge_app.ledger.checking import check
from edge_app.ledger.database import Database
from edge_app.ledger.evidence import unpack
from edge_app.ledger.row_shape import row_of
from edge_app.ledger.sqlite_pages import leaf_rows, merge_log

# A sync after the rescue compares everything, because events that it sent before may be lost here.
LEFT_BEHIND = (schema.sync_marks,)
TABLES = [t for t in schema.METADATA.sorted_tables if t not in LEFT_BEHIND]
SKIPPED = 1_000_000  # numbers, if it is lost which were taken already
LOST = "(lost)"  # the name of a class or station of which only the id is left
LONG_AGO = "1970-01-01 00:00:00.000000"  # any other version of a row wins against this one


@dataclass(frozen=True)
class Saved:
    """What became of one table.

    Attributes:
        rows: number of rows in the new ledger.
        of: number that the damaged ledger had; None if that cannot be found out.
        orphans: number of rows that were read but refer to a lost attempt or repetition, or whose
            content is damaged.
    """

    rows: int
    of: int | None
    orphans: int = 0


def rescue(source: Path, target: Path) -> tuple[Mapping[str, Saved], list[str]]:
    """Writes a new ledger with all rows of the damaged one that can be read.

    The new ledger goes on under the identity of the old one. Students, classes and stations of
    which only the id is left get a row without a name; importing the roster again restores it.

    Returns:
        By table what was saved, and one sentence for each fault that is left.

    Raises:
        InputError: the source cannot be read or holds nothing, or the target exists or cannot be
            written.
    """
    if os.path.lexists(target):
        raise InputError(f"{target} exists already: name a new file")
    try:
        with whole_file(target, private=True) as new, _whole_source(source, new.parent) as path:
            return _rescue(path, new)
    except (sqlite3.Error, DBAPIError) as exc:
        raise InputError(f"cannot write {target}: {getattr(exc, 'orig', exc)}") from exc


def _rescue(path: Path, new: Path) -> tuple[Mapping[str, Saved], list[str]]:
    database = Database(str(new))
    try:
        database.migrate()
    finally:
        database.close()
    expected = _expected(path)
    with closing(sqlite3.connect(new, isolation_level=None)) as file:
        file.execute("BEGIN")
        triggers = _without_triggers(file)
        (fresh,) = file.execute("SELECT database_id FROM ledger").fetchone()
        file.execute("DELETE FROM ledger")
        _copy(path, file)
        if not any(_count(file, table) for table in schema.EVENTS + schema.ROSTER):
            raise InputError("nothing in the file can be read as a ledger")
        _mend_identity(file, fresh)
        lost = _mend(file)
        for trigger in triggers:
            file.execute(trigger)
        file.execute("COMMIT")
        saved = {t.name: Saved(_count(file, t), expected[t.name], lost[t.name]) for t in TABLES}
        file.execute("PRAGMA journal_mode=DELETE")  # no companions: the file gets another name
    database = Database(str(new))
    try:
        return saved, check(database)
    finally:
        database.close()


@contextmanager
def _whole_source(source: Path, room: Path) -> Iterator[Path]:
    """The source, or a copy of it in the folder `room` with all that its log holds."""
    log = Path(f"{source}-wal")
    try:
        with source.open("rb"):  # says why it cannot be read
            if source.stat().st_size == 0:
                raise InputError(f"{source} is empty")
        if not log.exists() or log.stat().st_size == 0:
            yield source
            return
        with tempfile.TemporaryDirectory(dir=room) as folder:
            copy = Path(folder) / "copy.sqlite"
            shutil.copyfile(source, copy)
            with copy.open("r+b") as file:
                merge_log(file, log.read_bytes())
            yield copy
    except OSError as exc:
        raise InputError(f"cannot read {exc.filename or source}: {exc.strerror}") from exc


def _expected(path: Path) -> dict[str, int | None]:
    """By table: the number of rows, from an index where the table itself cannot be read."""
    found: dict[str, int | None] = {}
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)) as file:
        for table in TABLES:
            try:
                found[table.name] = _count(file, table)
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                found[table.name] = None
    return found


def _without_triggers(file: sqlite3.Connection) -> list[str]:
    """Drops the triggers that let events only grow; returns what makes them again."""
    rows = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in rows:
        file.execute(f"DROP TRIGGER {name}")
    return [sql for _, sql in rows]


def _copy(path: Path, file: sqlite3.Connection) -> None:
    """Copies every row that fits a table; of two with one id, the first one read."""
    columns = {t: [r[1] for r in file.execute(f"PRAGMA table_info({t.name})")] for t in TABLES}
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for row in leaf_rows(data):
            if row is None:
                continue
            for table, names in columns.items():
                values = row_of(table, names, row)
                if values is not None:
                    _insert(file, table, values)
                    break


def _mend(file: sqlite3.Connection) -> Counter[str]:
    """Makes all references hold; returns by table how many rows had to go."""
    gone: Counter[str] = Counter()
    for table in TABLES:
        for key in table.foreign_keys:
            child, parent = key.parent.name, key.column.table
            missing = f"{child} NOT IN (SELECT id FROM {parent.name})"
            if parent in (schema.attempts, schema.repetitions):
                done = file.execute(f"DELETE FROM {table.name} WHERE {missing}")
                gone[table.name] += done.rowcount
                continue
            lost = f"SELECT DISTINCT {child} FROM {table.name} WHERE {missing}"
            for (one,) in file.execute(lost).fetchall():
                _stand_in(file, parent, one)
    parts = file.execute("SELECT id, data FROM evidence")
    damaged = [one for one, data in parts if not _unpacks(data)]
    file.executemany("DELETE FROM evidence WHERE id = ?", [(one,) for one in damaged])
    gone["evidence"] += len(damaged)
    return gone


def _stand_in(file: sqlite3.Connection, table: Table, one: str) -> None:
    """A row for something of which only the id is left."""
    blank: dict[str, Any] = {"id": one}
    for column in table.c:
        if not column.primary_key and not column.nullable:
            blank[column.name] = "" if isinstance(column.type, Text) else 0
    blank.update(
        {
            k: v
            for k, v in {"name": LOST, "erased": 1, "changed_utc": LONG_AGO}.items()
            if k in blank
        }
    )
    if "database_id" in blank:
        blank["database_id"] = file.execute("SELECT database_id FROM ledger").fetchone()[0]
    _insert(file, table, blank)


def _insert(file: sqlite3.Connection, table: Table, row: Mapping[str, Any]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    into = f"INSERT OR IGNORE INTO {table.name} ({names}) VALUES ({marks})"
    file.execute(into, list(row.values()))


def _mend_identity(file: sqlite3.Connection, fresh: str) -> None:
    """The database keeps its id, its stations' if its own is lost, and gives new numbers."""
    used = [file.execute(f"SELECT max(seq) FROM {t.name}").fetchone()[0] for t in schema.EVENTS]
    highest = max((seq for seq in used if seq is not None), default=0)
    if file.execute("UPDATE ledger SET last_seq = max(last_seq, ?)", [highest]).rowcount:
        return
    most = "SELECT database_id FROM stations GROUP BY database_id ORDER BY count(*) DESC LIMIT 1"
    (own,) = file.execute(most).fetchone() or (fresh,)
    file.execute("INSERT INTO ledger VALUES (1, ?, ?)", [own, highest + SKIPPED])


def _unpacks(data: bytes) -> bool:
    try:
        unpack(data)
    except ValueError:
        return False
    return True


def _count(file: sqlite3.Connection, table: Table) -> int:
    number: int = file.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0]
    return number
