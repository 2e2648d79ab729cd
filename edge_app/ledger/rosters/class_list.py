"""A class list in one table: a row for every student, or for every student and class."""

from __future__ import annotations

import re
import uuid
from typing import Mapping

from edge_app.ledger.roster import SchoolClass, class_id
from edge_app.ledger.rosters.cells import class_name
from edge_app.ledger.rosters.found import BadCell, Gone, Reading, RosterFile, WrongCell
from edge_app.ledger.rosters.numbers import visible
from edge_app.ledger.rosters.students import StudentColumns, damaged, merged
from edge_app.ledger.rosters.table import Table, tables

REQUIRED = (("number", "address"), ("last_name", "name", "first_name"))
_INACTIVE = {
    "studentisactive": ("n", "no", "false", "0", "inactive"),
    "isactive": ("n", "no", "false", "0", "inactive"),
    "active": ("n", "no", "false", "0", "inactive"),
    "enrollstatus": ("1", "2", "3"),  # PowerSchool: inactive, transferred, graduated
}
_ROWS_WITHOUT_STUDENT = ("points", "points possible", "date", "punkte", "datum", "fecha", "puntos",
                         "日期", "分数", "满分")  # fmt: skip
_DATED = re.compile(r"\d{1,2}-[A-Za-z]{3}|[A-Za-z]{3}-\d{2}|\d{1,2}月\d{1,2}日")
_LISTED = 5  # numbers that a warning names


def read_csv(data: bytes, name: str, how: Reading) -> RosterFile:
    """Reads a class list: CSV or an Excel workbook.

    Raises:
        InputError: the file cannot be read at all; bad rows are listed in the result instead.
    """
    found = RosterFile()
    first: dict[uuid.UUID, int] = {}
    for table in tables(data, name, how.encoding, REQUIRED):
        found.encoding = found.encoding or table.encoding
        _read(table, how, found, first)
    warn_of_zeros(found)
    return found


def _read(table: Table, how: Reading, found: RosterFile, first: dict[uuid.UUID, int]) -> None:
    for note in table.notes:
        found.note(note)
    _without_heads(table, found)
    columns = StudentColumns([cells for _, cells in table.rows], table.header, table.headers, how)
    columns.describe(found)
    if "number" not in table.header:
        address = table.header["address"].strip()
        found.note(f"there is no student number: '{address}' is taken for it")
    unreadable: list[str] = []
    for at, (number, cells) in enumerate(table.rows):
        if table.cut and at == len(table.rows) - 1:
            found.warnings.append(f"{table.name}, row {number} is cut off and was left out")
            continue
        try:
            _take(columns, at, (number, cells), found, first, table, unreadable)
        except WrongCell as wrong:
            found.refuse(BadCell(table.name, number, _shown(wrong.column, table), wrong.reason))
    if unreadable:
        found.warnings.append(f"characters that cannot be read: {'; '.join(unreadable[:_LISTED])}")


def _take(
    columns: StudentColumns,
    at: int,
    row: tuple[int, Mapping[str, str]],
    found: RosterFile,
    first: dict[uuid.UUID, int],
    table: Table,
    unreadable: list[str],
) -> None:
    """Stores the student of a row and the class.

    Raises:
        WrongCell: a cell is invalid.
    """
    number, cells = row
    if cells["beyond"]:
        raise WrongCell("", f"has more cells than the header's {len(table.headers)}")
    student = columns.student(at)
    if _left(cells, table):
        found.gone_students.append(Gone(student.school, "", student.number))
        return
    if student.id in found.students:
        both = merged(found.students[student.id], student)
        if both is None:
            raise WrongCell("number", f"belongs to another student in row {first[student.id]}")
        student = both
    if damaged(student):
        unreadable.append(f"row {number}, {student.name}")
    found.students[student.id] = student
    first.setdefault(student.id, number)
    title = class_name(visible(cells.get("class", "")), table.header.get("class", ""),
                       cells.get("grade", ""))  # fmt: skip
    if title:
        of = SchoolClass(class_id(student.school, title), title, student.school)
        if of.id not in found.classes and _DATED.fullmatch(title):
            found.warnings.append(f"the class '{title}' looks like a date: a spreadsheet may have "
                                  "made it of a name such as 7-2")  # fmt: skip
        found.classes[of.id] = of
        found.enrol(student.id, of.id)


def _left(cells: Mapping[str, str], table: Table) -> bool:
    if "active" not in table.header:
        return False
    form = "".join(c for c in table.header["active"].lower() if c.isalnum())
    words = _INACTIVE.get(form, ("inactive", "withdrawn", "transferred", "graduated"))
    return cells.get("active", "").lower() in words


def _without_heads(table: Table, found: RosterFile) -> None:
    """Leaves out the rows of Google Classroom and Canvas that hold dates and points of a task."""
    source = "number" if "number" in table.header else "address"
    while table.rows:
        number, cells = table.rows[0]
        names = [cells.get(f, "") for f in ("last_name", "first_name", "name") if cells.get(f)]
        alone = len(names) == 1 and not cells.get(source)
        word = names[0].strip().lower() if names else ""
        pair = {"first_name", "last_name"} <= table.header.keys() and source == "address"
        if not alone or not (word in _ROWS_WITHOUT_STUDENT or (pair and number <= 3)):
            return
        found.note(f"row {number}, '{names[0].strip()}', is no student")
        del table.rows[0]


def _shown(field: str, table: Table) -> str:
    """The header of a field; of the number and the name that of the column that stands for it."""
    stands = {"number": "address", "last_name": "name"}
    return table.header.get(field) or table.header.get(stands.get(field, ""), "")


def warn_of_zeros(found: RosterFile) -> None:
    """Warns of students of the file whose numbers differ by leading zeros only."""
    alike: dict[tuple[str, str], list[str]] = {}
    for student in found.students.values():
        alike.setdefault((student.school, student.number.lstrip("0")), []).append(student.number)
    groups = [" and ".join(sorted(numbers)) for numbers in alike.values() if len(numbers) > 1]
    if groups:
        found.warnings.append(f"{len(groups)} student numbers differ by leading zeros only: "
                              f"{', '.join(groups[:_LISTED])}")  # fmt: skip
