"""What a roster file says, before it is compared with the ledger."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from edge_app.ledger.roster import Enrolment, SchoolClass, Student

MAX_BAD = 1000  # bad rows that are listed; the others are only counted
SAMPLE = 5  # names that a preview shows, so that a wrong encoding is seen
OPTIONAL = ("middle_name", "gender", "birth_date", "grade")
_UNREADABLE = "\ufffd"


@dataclass(frozen=True)
class Reading:
    """How a file is read.

    Attributes:
        today: the latest date of birth that is accepted.
        encoding: "" to detect it.
        dates: `date_forms.DAY`, `MONTH`, `YEAR`, or "" to tell it from the column.
        as_written: take every student number as it stands, damaged or not.
        clock_unsure: the device may not know what day it is: a date of birth after `today` is a
            warning.
    """

    today: date
    encoding: str = ""
    dates: str = ""
    as_written: bool = False
    clock_unsure: bool = False


@dataclass(frozen=True)
class BadCell:
    """What is wrong in a row; `row` as a spreadsheet counts, the header being 1."""

    file: str
    row: int
    column: str
    reason: str


class WrongCell(ValueError):
    """A cell that makes its row invalid."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


@dataclass(frozen=True)
class Reference:
    """A student in a class, at least one of which may be known to the ledger only.

    Attributes:
        class_source, student_source: their ids in the school's system.
        school: of the class, "" if the file does not say it.
        file, row: where it stands.
    """

    class_source: str
    student_source: str
    school: str
    active: bool
    file: str
    row: int


@dataclass(frozen=True)
class Gone:
    """A student or a class that the school's system has deleted or switched off."""

    school: str
    source_id: str
    number: str = ""  # of a student


@dataclass
class RosterFile:
    """The content of a roster file.

    Attributes:
        notes: how the file was read, for the user to confirm: encoding, unused columns, repairs.
        warnings: what the user should look at before storing anything.
        students, classes, enrolments: of the good rows, by id.
        references: enrolments whose student or class the file may not contain.
        gone_students, gone_classes: whose enrolments end.
        fields: the optional fields that the file has; what it lacks stays as the ledger has it.
        bad: the first `MAX_BAD` of the bad rows.
        bad_total: the number of bad rows.
        encoding: that of the first table, "" if it has none (XLSX).
        dates_unknown: the dates of birth can be read in two ways and were left out.
    """

    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    students: dict[uuid.UUID, Student] = field(default_factory=dict)
    classes: dict[uuid.UUID, SchoolClass] = field(default_factory=dict)
    enrolments: dict[uuid.UUID, Enrolment] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    gone_students: list[Gone] = field(default_factory=list)
    gone_classes: list[Gone] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    bad: list[BadCell] = field(default_factory=list)
    bad_total: int = 0
    encoding: str = ""
    dates_unknown: bool = False

    def note(self, text: str) -> None:
        """Adds a note once."""
        if text not in self.notes:
            self.notes.append(text)

    def refuse(self, cell: BadCell) -> None:
        """Counts a bad row, and keeps it if there are not too many."""
        self.bad_total += 1
        if len(self.bad) < MAX_BAD:
            self.bad.append(cell)

    def enrol(self, student: uuid.UUID, of: uuid.UUID, active: bool = True) -> None:
        """Records that a student belongs to a class, or no longer does."""
        enrolment = Enrolment(of, student, active)
        self.enrolments[enrolment.id] = enrolment

    def sample(self) -> list[str]:
        """Up to `SAMPLE` names, those that an encoding can garble first."""
        names = [student.name for student in self.students.values()]
        telling = [name for name in names if not name.isascii()]
        return [*telling, *(name for name in names if name.isascii())][:SAMPLE]


def unreadable(text: str) -> bool:
    """Whether a byte of this text was damaged."""
    return _UNREADABLE in text
