"""Classes and students."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Callable, Iterable, Sequence

from sqlalchemy import Connection, Table, delete, select, update

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.database import Database, take_seq
from edge_app.ledger.store import Stamp

_NAMES = uuid.UUID("6f7fbb4c-4a51-5d5e-9d36-1c0f3a2be001")  # for ids that derive from names
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff·]+")
_CHUNK = 500  # rows per statement; old versions of SQLite take 999 values
CHANGED = ("changed_utc", "clock_id")  # columns that say when a row changed, see `changed`


@dataclass(frozen=True)
class SchoolClass:
    """A class of a school, or a group that is tested together.

    Attributes:
        source_id: in the school's system, where it stays when the name changes; or "".
    """

    id: uuid.UUID
    name: str
    school: str = ""
    source_id: str = ""


@dataclass(frozen=True)
class Student:
    """One student. Only the number and one name are required.

    Attributes:
        number: given by the school, stable over the years; never a social security number.
        gender: "f", "m", "x" or "".
        erased: the name was deleted; results stay without it.
        source_id: in the school's system, by which its other files refer to the student; or "".
    """

    id: uuid.UUID
    number: str
    first_name: str
    last_name: str
    middle_name: str = ""
    gender: str = ""
    birth_date: date | None = None
    grade: str = ""
    school: str = ""
    erased: bool = False
    source_id: str = ""

    @property
    def name(self) -> str:
        """Given names before the family name, in Chinese after it; the number if there is no
        name."""
        given = " ".join(p for p in (self.first_name, self.middle_name) if p)
        if _CHINESE.fullmatch(given) and _CHINESE.fullmatch(self.last_name):
            return self.last_name + given
        return " ".join(p for p in (given, self.last_name) if p) or self.number


@dataclass(frozen=True)
class Enrolment:
    """A student belongs to a class (`active`), or no longer does."""

    class_id: uuid.UUID
    student_id: uuid.UUID
    active: bool = True

    @property
    def id(self) -> uuid.UUID:
        return uuid.uuid5(self.class_id, str(self.student_id))


@dataclass(frozen=True)
class RosterChange:
    """The numbers of students and classes that storing a roster added or changed."""

    students_added: int = 0
    students_changed: int = 0
    classes_added: int = 0
    enrolments_changed: int = 0


def student_id(school: str, number: str) -> uuid.UUID:
    """The same on every kiosk that imports the same roster."""
    return uuid.uuid5(_NAMES, f"student\0{school}\0{number}")


def class_id(school: str, name: str) -> uuid.UUID:
    """The same on every kiosk that imports the same roster."""
    return uuid.uuid5(_NAMES, f"class\0{school}\0{name}")


class Roster:
    """Reads and stores the roster of one ledger; `Ledger.roster`."""

    def __init__(self, database: Database, stamp: Callable[[], Stamp]) -> None:
        self._database, self._stamp = database, stamp

    def classes(self) -> list[SchoolClass]:
        """All classes, by name."""
        table = schema.classes
        query = select(table).order_by(table.c.school, table.c.name)
        with self._database.read() as connection:
            return [class_of(row) for row in connection.execute(query)]

    def students(self, of_class: uuid.UUID | None = None) -> list[Student]:
        """The students of a class, or all, by family name; those erased are left out."""
        table, enrolments = schema.students, schema.enrolments
        query = select(table).where(~table.c.erased)
        if of_class:
            query = query.join(enrolments, enrolments.c.student_id == table.c.id).where(
                enrolments.c.class_id == of_class, enrolments.c.active
            )
        query = query.order_by(table.c.last_name, table.c.first_name, table.c.number)
        with self._database.read() as connection:
            return [student_of(row) for row in connection.execute(query)]

    def student(self, student: uuid.UUID) -> Student:
        """One student, erased or not.

        Raises:
            InputError: no such student.
        """
        table = schema.students
        with self._database.read() as connection:
            row = connection.execute(select(table).where(table.c.id == student)).first()
        if row is None:
            raise InputError(f"no student has the id {student}")
        return student_of(row)

    def enrolments(self) -> list[Enrolment]:
        """The current enrolments."""
        table = schema.enrolments
        with self._database.read() as connection:
            rows = connection.execute(select(table).where(table.c.active))
            return [Enrolment(r.class_id, r.student_id, r.active) for r in rows]

    def classes_of(self, student: uuid.UUID) -> list[uuid.UUID]:
        """The current classes of a student."""
        table = schema.enrolments
        query = select(table.c.class_id).where(table.c.student_id == student, table.c.active)
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def put(
        self,
        students: Sequence[Student] = (),
        classes: Sequence[SchoolClass] = (),
        enrolments: Sequence[Enrolment] = (),
        dry_run: bool = False,
    ) -> RosterChange:
        """Adds new rows and updates changed ones, in one transaction; removes nobody.

        A student who was erased gets the name back if the school's roster has it.

        Args:
            students, classes, enrolments: the wanted state.
            dry_run: only report what would change.

        Returns:
            What changed; all zeros if the roster was up to date.
        """
        opened = self._database.read if dry_run else self._database.write
        stamp = self._stamp()  # before the transaction: it may write a row of its own
        with opened() as connection:
            if not dry_run:
                take_seq(connection, 0)  # another kiosk may be storing the same roster
            put = partial(self._put, connection, dry_run, stamp)
            added, changed = put(schema.students, map(_student_row, students))
            new, _ = put(schema.classes, map(_class_row, classes))
            moved = put(schema.enrolments, map(_enrolment_row, enrolments))
        return RosterChange(added, changed, new, sum(moved))

    def erase(self, student: uuid.UUID) -> None:
        """Deletes a student's name, number, gender and birth date; the results stay without them.

        Raises:
            InputError: no such student.
        """
        erased = Student(self.student(student).id, "", "", "", erased=True)
        table, stamp = schema.students, self._stamp()
        with self._database.write() as connection:
            values = {**_student_row(erased), **changed(table, stamp)}
            connection.execute(update(table).where(table.c.id == student).values(values))
            theirs = update(schema.enrolments).where(schema.enrolments.c.student_id == student)
            connection.execute(theirs.values(active=False, changed_utc=stamp.utc))
            rows = schema.import_rows  # what an undo would bring back holds the name too
            connection.execute(delete(rows).where(rows.c.row_id == student))

    def _put(
        self,
        connection: Connection,
        dry_run: bool,
        stamp: Stamp,
        table: Table,
        rows: Iterable[dict[str, Any]],
    ) -> tuple[int, int]:
        """Inserts rows with new ids, updates changed rows. Returns the number of each."""
        wanted = {row["id"]: row for row in rows}
        known: dict[uuid.UUID, dict[str, Any]] = {}
        ids = list(wanted)
        for at in range(0, len(ids), _CHUNK):
            query = select(table).where(table.c.id.in_(ids[at : at + _CHUNK]))
            known.update((r.id, r._asdict()) for r in connection.execute(query))
        since = changed(table, stamp)
        new = [{**row, **since} for key, row in wanted.items() if key not in known]
        differ = [r for k, r in wanted.items() if k in known and r.items() - known[k].items()]
        if dry_run:
            return len(new), len(differ)
        if new:
            connection.execute(table.insert(), new)
        for row in differ:
            change = update(table).where(table.c.id == row["id"])
            connection.execute(change.values({**row, **since}))
        return len(new), len(differ)


def student_of(row: Any) -> Student:
    """A row of the table."""
    values = row._asdict()
    for name in CHANGED:
        del values[name]
    return Student(**values)


def class_of(row: Any) -> SchoolClass:
    """A row of the table."""
    return SchoolClass(row.id, row.name, row.school, row.source_id)


def by_hand(first_name: str, last_name: str, grade: str = "") -> Student:
    """A student added by a teacher at the kiosk, with a generated number for exports."""
    number = f"guest-{uuid.uuid4().hex[:12]}"
    return Student(student_id("", number), number, first_name, last_name, grade=grade)


def changed(table: Table, stamp: Stamp) -> dict[str, Any]:
    """The columns that say when a row changed."""
    clock = {"clock_id": stamp.clock_id} if "clock_id" in table.c else {}
    return {"changed_utc": stamp.utc, **clock}


def _student_row(student: Student) -> dict[str, Any]:
    return dict(student.__dict__)


def _class_row(one: SchoolClass) -> dict[str, Any]:
    return dict(one.__dict__)


def _enrolment_row(enrolment: Enrolment) -> dict[str, Any]:
    return {**enrolment.__dict__, "id": enrolment.id}
