"""Stores a roster file in a ledger, and takes the last import back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Callable

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.database import Database, said, take_seq
from edge_app.ledger.roster import Enrolment, changed, class_of, student_of
from edge_app.ledger.rosters.found import RosterFile
from edge_app.ledger.rosters.import_rows import (
    Row,
    delete_rows,
    digest,
    forget_imports,
    note_of,
    notes_of,
    referred_to,
    revived,
    rows_of,
    update_rows,
)
from edge_app.ledger.rosters.plan import Known, Plan, make_plan
from edge_app.ledger.store import Stamp

KEPT = 5  # imports that can be taken back


@dataclass(frozen=True)
class Import:
    """An import that can be taken back."""

    name: str
    imported_utc: datetime
    rows: int


@dataclass(frozen=True)
class Undone:
    """What taking back an import did.

    Attributes:
        what: the import.
        removed: rows of students, classes and enrolments that are gone again.
        restored: rows that are as they were before.
        kept: new students and classes that have results by now; they stay, in no class.
        changed_since: rows that somebody has changed after the import; they stay.
    """

    what: Import
    removed: int = 0
    restored: int = 0
    kept: int = 0
    changed_since: int = 0


class Imports:
    """The imports of one ledger; `Ledger.imports`."""

    def __init__(self, database: Database, stamp: Callable[[], Stamp]) -> None:
        self._database, self._stamp = database, stamp

    def plan(self, file: RosterFile, complete: bool = False) -> Plan:
        """What storing a file would do; stores nothing.

        Raises:
            InputError: the database cannot be read.
        """
        try:
            with self._database.read() as connection:
                return make_plan(file, _known(connection), complete)
        except DBAPIError as exc:
            raise InputError(said(exc)) from exc

    def store(
        self, file: RosterFile, name: str, skip_bad: bool = False, complete: bool = False
    ) -> Plan:
        """Stores a roster file in one transaction.

        Args:
            file: the file's content.
            name: of the file, for `last`.
            skip_bad: store the good rows even if there are bad ones.
            complete: the classes in the file have exactly its students; others leave them.

        Returns:
            What it did; no changes if the same file was imported before.

        Raises:
            InputError: there are bad rows and `skip_bad` is not set, or the database refuses;
                nothing was changed.
        """
        if file.bad_total and not skip_bad:
            raise InputError(f"{file.bad_total} rows are bad; nothing was imported")
        stamp = self._stamp()  # before the transaction: it may write a row of its own
        try:
            with self._database.write() as connection:
                take_seq(connection, 0)  # another kiosk may be storing the same roster
                plan = make_plan(file, _known(connection), complete)
                self._write(connection, plan, name, stamp)
                return plan
        except DBAPIError as exc:
            raise InputError(said(exc)) from exc

    def last(self) -> Import | None:
        """The import that `undo` would take back; None if there is none."""
        try:
            with self._database.read() as connection:
                found = _last(connection)
                return _described(connection, found) if found else None
        except DBAPIError as exc:
            raise InputError(said(exc)) from exc

    def undo(self) -> Undone:
        """Takes the last import back: its rows are as before. No result is lost.

        A new student or class that has results stays, without enrolments of this import. A row
        that was changed since stays, too, and a name erased since does not come back.

        Raises:
            InputError: there is nothing to take back, or the database refuses.
        """
        stamp = self._stamp()
        try:
            with self._database.write() as connection:
                take_seq(connection, 0)
                found = _last(connection)
                if found is None:
                    raise InputError("there is no import to take back")
                done = _take_back(connection, _described(connection, found), found.id, stamp)
                forget_imports(connection, [found.id])
                return done
        except DBAPIError as exc:
            raise InputError(said(exc)) from exc

    def _write(self, connection: Connection, plan: Plan, name: str, stamp: Stamp) -> None:
        notes: list[Row] = []
        for table, rows in (
            (schema.classes, plan.classes),
            (schema.students, plan.students),
            (schema.enrolments, plan.enrolments),
        ):
            wanted = [{**r.__dict__, "id": r.id, **changed(table, stamp)} for r in rows]
            before = rows_of(connection, table, [row["id"] for row in wanted])
            new = [row for row in wanted if row["id"] not in before]
            if new:
                connection.execute(table.insert(), new)
            update_rows(connection, table, [row for row in wanted if row["id"] in before])
            notes += [note_of(table, row, before.get(row["id"])) for row in wanted]
        if not notes:
            return
        last = connection.execute(select(func.max(schema.imports.c.id))).scalar() or 0
        row = {"id": last + 1, "imported_utc": stamp.utc, "name": name}
        connection.execute(schema.imports.insert(), [row])
        connection.execute(
            schema.import_rows.insert(), [{**n, "import_id": last + 1} for n in notes]
        )
        old = select(schema.imports.c.id).where(schema.imports.c.id <= last + 1 - KEPT)
        forget_imports(connection, list(connection.execute(old).scalars()))


def _take_back(connection: Connection, what: Import, number: int, stamp: Stamp) -> Undone:
    """Enrolments first, as they refer to the others."""
    removed = restored = kept = changed_since = 0
    for table in (schema.enrolments, schema.students, schema.classes):
        notes = notes_of(connection, number, table)
        rows = rows_of(connection, table, list(notes))
        same = {key for key, row in rows.items() if digest(row) == notes[key].after}
        new = {key for key in same if notes[key].before is None}
        used = referred_to(connection, table, new)
        back = [
            {**revived(table, notes[key].before), **changed(table, stamp)} for key in same - new
        ]
        update_rows(connection, table, back)
        delete_rows(connection, table, new - used)
        removed, restored = removed + len(new - used), restored + len(back)
        kept, changed_since = kept + len(used), changed_since + len(rows.keys() - same)
    return Undone(what, removed, restored, kept, changed_since)


def _known(connection: Connection) -> Known:
    s, c, e = schema.students, schema.classes, schema.enrolments
    students = {row.id: student_of(row) for row in connection.execute(select(s))}
    ordered = select(c).order_by(c.c.school, c.c.name, c.c.id)
    classes = {row.id: class_of(row) for row in connection.execute(ordered)}
    enrolments = {
        row.id: Enrolment(row.class_id, row.student_id, row.active)
        for row in connection.execute(select(e))
    }
    return Known(students, classes, enrolments)


def _last(connection: Connection) -> Any:
    table = schema.imports
    return connection.execute(select(table).order_by(table.c.id.desc()).limit(1)).first()


def _described(connection: Connection, row: Any) -> Import:
    table = schema.import_rows
    query = select(func.count()).select_from(table).where(table.c.import_id == row.id)
    return Import(row.name, row.imported_utc, connection.execute(query).scalar_one())
