"""Reads a school's roster: CSV with headers of many kinds; every bad row is reported."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Iterator, Mapping, Sequence

from edge_app.errors import InputError
from edge_app.ledger.csv_text import decode, rows
from edge_app.ledger.roster import Enrolment, SchoolClass, Student, class_id, student_id
from edge_app.ledger.spreadsheet_escape import unescaped

MAX_ROWS = 200_000
MAX_BAD = 1000  # bad rows that are listed; the others are only counted
_LONGEST = 100  # characters of a cell

# Header, without case, spaces and signs → our field. The first group is FitnessGram's names
# (help.fitnessgram.net/import, read 2026), then what people write, then Chinese school lists.
HEADERS: Mapping[str, str] = {
    "schoolid": "school", "studentid": "number", "studentfirstname": "first_name",
    "studentlastname": "last_name", "studentmiddleinitial": "middle_name",
    "studentbirthdate": "birth_date", "studentgrade": "grade", "studentgender": "gender",
    "classname": "class",
    "school": "school", "number": "number", "id": "number", "firstname": "first_name",
    "givenname": "first_name", "lastname": "last_name", "familyname": "last_name",
    "surname": "last_name", "middlename": "middle_name", "name": "last_name",
    "fullname": "last_name", "studentname": "last_name", "birthdate": "birth_date",
    "dateofbirth": "birth_date", "dob": "birth_date", "grade": "grade", "gender": "gender",
    "sex": "gender", "class": "class", "group": "class",
    "学校": "school", "学号": "number", "学籍号": "number", "姓名": "last_name", "姓": "last_name",
    "名": "first_name", "性别": "gender", "出生日期": "birth_date", "年级": "grade",
    "班级": "class", "班级名称": "class",
}  # fmt: skip
GENDERS: Mapping[str, str] = {
    "": "", "f": "f", "m": "m", "x": "x", "female": "f", "male": "m", "girl": "f", "boy": "m",
    "女": "f", "男": "m", "2": "f", "1": "m", "other": "x", "unspecified": "",
}  # fmt: skip
DATES = ("%Y-%m-%d", "%m/%d/%Y", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SOCIAL_SECURITY = re.compile(r"\d{3}-\d{2}-\d{4}")


@dataclass(frozen=True)
class BadCell:
    """What is wrong in a row; `row` as a spreadsheet counts, the header being 1."""

    file: str
    row: int
    column: str
    reason: str


class RosterFile:
    """The content of a roster file before anything is stored: the preview.

    Attributes:
        notes: how the file was read, for the user to confirm: encoding, unused columns.
        students, classes, enrolments: of the good rows, by id.
        bad: the first `MAX_BAD` of the bad rows.
        bad_total: the number of bad rows.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.students: dict[uuid.UUID, Student] = {}
        self.classes: dict[uuid.UUID, SchoolClass] = {}
        self.enrolments: dict[uuid.UUID, Enrolment] = {}
        self.bad: list[BadCell] = []
        self.bad_total = 0

    def refuse(self, cell: BadCell) -> None:
        """Counts a bad row, and keeps it if there are not too many."""
        self.bad_total += 1
        if len(self.bad) < MAX_BAD:
            self.bad.append(cell)

    def enrol(self, student: uuid.UUID, of: uuid.UUID, active: bool = True) -> None:
        """Records that a student belongs to a class, or no longer does."""
        enrolment = Enrolment(of, student, active)
        self.enrolments[enrolment.id] = enrolment


class Table:
    """The rows of one CSV file by the names of its columns.

    Args:
        data: the file's content.
        name: of the file, for messages.
        headers: plain header → our name of the column.
        required: our names of the columns that must exist.
        encoding: "" to detect it.

    Raises:
        InputError: the file is not text, has no header, or lacks a column or has it twice.
    """

    def __init__(
        self,
        data: bytes,
        name: str,
        headers: Mapping[str, str],
        required: Sequence[str],
        encoding: str = "",
    ) -> None:
        text, self.encoding = decode(data, name, encoding)
        self.name = name
        self._rows = rows(text, name)
        _, header = next(self._rows, (0, []))
        self._columns = [headers.get(plain(cell), "") for cell in header]
        self.header = dict(zip(self._columns, header))
        self.unused = [h for h, c in zip(header, self._columns) if not c and h.strip()]
        for column in set(self._columns) - {""}:
            if self._columns.count(column) > 1:
                raise InputError(f"{name} has two columns for '{self.header[column]}'")
        missing = [column for column in required if column not in self._columns]
        if missing:
            known = ", ".join(sorted(h for h, c in headers.items() if c in missing))
            raise InputError(f"{name} has no column for the {missing[0]} (such as {known})")

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Row numbers and stripped cells; cells beyond the header are under "beyond"."""
        for count, (number, cells) in enumerate(self._rows):
            if count >= MAX_ROWS:
                raise InputError(f"{self.name} has more than {MAX_ROWS} rows")
            values = dict.fromkeys(self._columns, "")
            for column, cell in zip(self._columns, cells):
                values[column] = unescaped(cell.strip())
            values["beyond"] = "".join(cells[len(self._columns) :]).strip()
            yield number, values


class WrongCell(ValueError):
    """A cell that makes its row invalid."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def read_csv(data: bytes, name: str, today: date, encoding: str = "") -> RosterFile:
    """Reads a file with a row for every student, or for every student and class.

    Raises:
        InputError: the file cannot be read at all; bad rows are listed in the result instead.
    """
    table = Table(data, name, HEADERS, ("number", "last_name"), encoding)
    found = RosterFile()
    found.notes.append(f"{name} was read as {table.encoding}")
    if table.unused:
        found.notes.append(f"unused columns: {', '.join(table.unused)}")
    first: dict[uuid.UUID, int] = {}
    for number, cells in table:
        try:
            if cells["beyond"]:
                raise WrongCell("", f"has more cells than the header's {len(table.header)}")
            student = student_from(cells, today)
            known = found.students.setdefault(student.id, student)
            if known != student:
                raise WrongCell("number", f"belongs to another student in row {first[student.id]}")
            first.setdefault(student.id, number)
        except WrongCell as wrong:
            column = table.header.get(wrong.column, "")
            found.refuse(BadCell(name, number, column, wrong.reason))
            continue
        if cells.get("class"):
            school, title = student.school, cells["class"]
            of = SchoolClass(class_id(school, title), title, school)
            found.classes[of.id] = of
            found.enrol(student.id, of.id)
    return found


def student_from(cells: Mapping[str, str], today: date) -> Student:
    """The student of one row.

    Raises:
        WrongCell: a cell is invalid.
    """
    for column, cell in cells.items():
        if len(cell) > _LONGEST:
            raise WrongCell(column, f"is longer than {_LONGEST} characters")
        if _CONTROL.search(cell):
            raise WrongCell(column, "contains a control character")
    school, number = cells.get("school", ""), cells["number"]
    if not number:
        raise WrongCell("number", "is empty")
    if _SOCIAL_SECURITY.fullmatch(number):
        raise WrongCell("number", "looks like a social security number; use the school's own")
    if not cells["last_name"] and not cells.get("first_name"):
        raise WrongCell("last_name", "is empty, and there is no other name")
    return Student(
        id=student_id(school, number),
        number=number,
        first_name=cells.get("first_name", ""),
        last_name=cells["last_name"],
        middle_name=cells.get("middle_name", ""),
        gender=_gender(cells.get("gender", "")),
        birth_date=_date(cells.get("birth_date", ""), today),
        grade=cells.get("grade", ""),
        school=school,
    )


def plain(header: str) -> str:
    """A header without case, spaces and signs."""
    return "".join(c for c in header.lower() if c.isalnum())


def _gender(cell: str) -> str:
    try:
        return GENDERS[cell.lower()]
    except KeyError:
        raise WrongCell("gender", f"'{cell}' must be f, m or x") from None


def _date(cell: str, today: date) -> date | None:
    if not cell:
        return None
    for pattern in DATES:
        try:
            day = datetime.strptime(cell, pattern).date()
        except ValueError:
            continue
        if not day.year >= 1900 or day > today:
            raise WrongCell("birth_date", f"'{cell}' is not a plausible birth date")
        return day
    raise WrongCell("birth_date", f"'{cell}' must be YYYY-MM-DD or MM/DD/YYYY")
