"""Rosters in several files that refer to each other: Clever's, and School Data Sync's first format.

Columns of a student are named as in a class list; a key joins students, sections and enrolments.
Sources: dev.clever.com (SFTP files), learn.microsoft.com/schooldatasync (V1 CSV).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Sequence

from edge_app.ledger.roster import SchoolClass, Student, class_id
from edge_app.ledger.rosters.class_list import warn_of_zeros
from edge_app.ledger.rosters.date_forms import MONTH
from edge_app.ledger.rosters.found import BadCell, Reading, Reference, RosterFile, WrongCell
from edge_app.ledger.rosters.headers import field_of, plain
from edge_app.ledger.rosters.students import StudentColumns, merged
from edge_app.ledger.rosters.table import Table, linked_table


@dataclass(frozen=True)
class Format:
    """A set of files and what their columns are called, plain.

    Attributes:
        files: of students, sections and enrolments.
        student, section, enrolment: plain header → our name; other columns of a student are those
            of a class list.
        dates: the order of dates that the vendor documents, or "".
    """

    name: str
    files: tuple[str, str, str]
    student: Mapping[str, str]
    section: Mapping[str, str]
    enrolment: Mapping[str, str]
    dates: str = ""


_SECTION = {"sectionid": "key", "sisid": "key", "id": "key", "name": "title",
            "sectionname": "title", "schoolid": "school", "schoolsisid": "school",
            "schooldfenumber": "school", "coursename": "course", "period": "period",
            "sectionnumber": "number"}  # fmt: skip
CLEVER = Format(
    "Clever",
    ("students.csv", "sections.csv", "enrollments.csv"),
    {"studentid": "key", "studentnumber": "number", "schoolid": "school"},
    _SECTION,
    {"sectionid": "section", "studentid": "student", "schoolid": "school"},
    MONTH,
)
SDS = Format(
    "School Data Sync",
    ("student.csv", "section.csv", "studentenrollment.csv"),
    {"sisid": "key", "id": "key", "studentnumber": "number", "schoolsisid": "school",
     "schooldfenumber": "school"},
    _SECTION,
    {"sectionsisid": "section", "sectionid": "section", "sisid": "student", "id": "student"},
)  # fmt: skip
FORMATS = (CLEVER, SDS)
_GONE = ("inactive", "withdrawn", "deleted", "tobedeleted", "graduated", "transferred")


def format_of(files: Mapping[str, bytes]) -> Format | None:
    """The format of which all three files are there."""
    return next((f for f in FORMATS if all(name in files for name in f.files)), None)


def read_linked(files: Mapping[str, bytes], form: Format, how: Reading) -> RosterFile:
    """Reads students, classes and enrolments; teachers are in files that are not opened.

    Raises:
        InputError: a file cannot be read, or lacks a column.
    """
    found = RosterFile()
    students, gone = _students(files, form, how, found)
    titles = _sections(files, form, how, found)
    name = form.files[2]
    table = _table(files[name], name, how, form.enrolment, ("section", "student"), found)
    for number, cells in table.rows:
        key, section = cells.get("student", ""), cells.get("section", "")
        if key in gone:
            continue
        if key in students and section in titles:
            found.enrol(students[key].id, titles[section].id)
        else:
            school = cells.get("school", "")
            found.references.append(Reference(section, key, school, True, name, number))
    warn_of_zeros(found)
    return found


def _students(
    files: Mapping[str, bytes], form: Format, how: Reading, found: RosterFile
) -> tuple[dict[str, Student], set[str]]:
    """Students by key, and the keys of those who left or whose row is refused."""
    name = form.files[0]
    wanted = {**_list_columns(files[name], name, how), **form.student}
    table = _table(files[name], name, how, wanted, ("key",), found)
    if "number" not in table.header:
        found.note(f"{name} has no student number: the id that joins the files is taken for it")
        table.header["number"] = table.header["key"]
    for _, cells in table.rows:
        cells["number"] = cells.get("number") or cells.get("key", "")
    rows = [cells for _, cells in table.rows]
    columns = StudentColumns(rows, table.header, table.headers, how, form.dates)
    columns.describe(found)
    students: dict[str, Student] = {}
    gone: set[str] = set()
    for at, (number, cells) in enumerate(table.rows):
        key = cells.get("key", "")
        if cells.get("status", "").lower() in _GONE:
            gone.add(key)
            continue
        try:
            student = columns.student(at, key)
            both = merged(found.students.get(student.id, student), student)
            if both is None:
                raise WrongCell("number", "belongs to another student too")
        except WrongCell as wrong:
            gone.add(key)
            column = table.header.get(wrong.column, "")
            found.refuse(BadCell(name, number, column, wrong.reason))
            continue
        found.students[student.id] = students[key] = both
    return students, gone


def _list_columns(data: bytes, name: str, how: Reading) -> dict[str, str]:
    """Plain headers of a students' file that a class list would have, and `status`."""
    every = linked_table(data, name, how.encoding, {}, ())
    columns = {"status": "status"}
    for header in every.headers:
        known = field_of(header)
        if known and known[0] not in ("number", "address", "class", "active", "school", "name"):
            columns.setdefault(plain(header), known[0])
    return columns


def _sections(
    files: Mapping[str, bytes], form: Format, how: Reading, found: RosterFile
) -> dict[str, SchoolClass]:
    name = form.files[1]
    table = _table(files[name], name, how, form.section, ("key",), found)
    titles: dict[str, SchoolClass] = {}
    for number, cells in table.rows:
        parts = (cells.get("course", ""), cells.get("number") or cells.get("period", ""))
        title = cells.get("title") or " ".join(part for part in parts if part)
        key, school = cells.get("key", ""), cells.get("school", "")
        if not title:
            found.refuse(BadCell(name, number, table.header.get("title", ""), "is empty"))
            continue
        titles[key] = SchoolClass(class_id(school, title), title, school)
    for key, one in _distinct(titles).items():
        titles[key] = found.classes[one.id] = one
    return titles


def _distinct(titles: Mapping[str, SchoolClass]) -> dict[str, SchoolClass]:
    """Sections of one title get their id behind it; each keeps its identity by that id."""
    many = [one.id for one in titles.values()]
    distinct = {}
    for key, one in titles.items():
        name = one.name if many.count(one.id) == 1 else f"{one.name} ({key})"
        identity = class_id(one.school, f"\0{key}")
        distinct[key] = SchoolClass(identity, name, one.school, source_id=key)
    return distinct


def _table(
    data: bytes,
    name: str,
    how: Reading,
    columns: Mapping[str, str],
    required: Sequence[str],
    found: RosterFile,
) -> Table:
    table = linked_table(data, name, how.encoding, columns, required)
    found.note(f"{name} was read as {table.encoding}")
    found.encoding = found.encoding or table.encoding
    return table
