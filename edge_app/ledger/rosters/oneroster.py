"""A roster as OneRoster CSV files: 1.1, 1.2, and School Data Sync's shorter form of it (V2.1).

What is read of each file stands in docs/develop/rosters.md. There is no library to use: the ones on
PyPI (oneroster, oneroster-api, timeback-oneroster) are clients of the REST binding and read no CSV.
"""

from __future__ import annotations

from typing import Iterator, Mapping

from edge_app.errors import InputError
from edge_app.ledger.roster import SchoolClass, Student, class_id
from edge_app.ledger.rosters.class_list import warn_of_zeros
from edge_app.ledger.rosters.found import BadCell, Gone, Reading, Reference, RosterFile, WrongCell
from edge_app.ledger.rosters.headers import plain
from edge_app.ledger.rosters.students import StudentColumns, merged
from edge_app.ledger.rosters.table import Cells, Table, linked_table

USERS, CLASSES, ENROLMENTS = "users.csv", "classes.csv", "enrollments.csv"
DEMOGRAPHICS, ROLES, MANIFEST = "demographics.csv", "roles.csv", "manifest.csv"
FILES = (USERS, CLASSES, ENROLMENTS, DEMOGRAPHICS, ROLES, MANIFEST)
_COLUMNS = (
    "sourcedId", "status", "enabledUser", "role", "givenName", "familyName", "middleName",
    "identifier", "grades", "grade", "orgSourcedIds", "orgSourcedId", "primaryOrgSourcedId",
    "title", "classCode", "schoolSourcedId", "classSourcedId", "userSourcedId", "birthDate", "sex",
    "propertyName", "value",
)  # fmt: skip
_HEADERS = {plain(column): column for column in _COLUMNS}
_SHOWN = {"number": "identifier", "first_name": "givenName", "last_name": "familyName",
          "middle_name": "middleName", "gender": "sex", "birth_date": "birthDate",
          "grade": "grades", "school": "orgSourcedIds"}  # fmt: skip
_ACTIVE = ("", "active")
_STUDENT = ("student", "learner", "pupil")
_OFF = ("false", "0", "no", "n")


def read_oneroster(files: Mapping[str, bytes], how: Reading) -> RosterFile:
    """Students, classes and enrolments; who is no student is left out, who left leaves classes.

    Args:
        files: content by file name; the names are those of `FILES`.
        how: how the files are read.

    Raises:
        InputError: a file is missing or unreadable.
    """
    absent = _absent(files, how)
    for name in (USERS, CLASSES, ENROLMENTS):
        if name not in files and name not in absent:
            raise InputError(f"a OneRoster roster needs {name}")
    reader = _Reader(files, how)
    reader.users(_about(reader))
    reader.classes()
    reader.enrolments()
    warn_of_zeros(reader.found)
    return reader.found


def _absent(files: Mapping[str, bytes], how: Reading) -> set[str]:
    """The files that the manifest says are not there, as a delta often lacks some."""
    if not files.get(MANIFEST, b"").strip():
        return set()
    columns = {"propertyname": "propertyName", "value": "value"}
    table = linked_table(files[MANIFEST], MANIFEST, how.encoding, columns, ())
    values = {c.get("propertyName", "").lower(): c.get("value", "") for _, c in table.rows}
    return {n for n in FILES if values.get(f"file.{n[:-4]}", "").lower() == "absent"}


def _about(reader: _Reader) -> dict[str, Cells]:
    """Birth date and sex by user, if there are any."""
    return {
        cells.get("sourcedId") or cells.get("userSourcedId", ""): cells
        for _, cells in reader.rows(DEMOGRAPHICS)
    }


class _Reader:
    """One pass over the files, which refer to each other by sourcedId."""

    def __init__(self, files: Mapping[str, bytes], how: Reading) -> None:
        self._files, self._how = files, how
        self.found = RosterFile()
        self._students: dict[str, Student] = {}
        self._others: set[str] = set()  # teachers, those who left, and refused rows
        self._classes: dict[str, SchoolClass] = {}
        self._gone_classes: set[str] = set()

    def users(self, about: Mapping[str, Cells]) -> None:
        """Reads the students among the users."""
        table = self._table(USERS, "sourcedId", "givenName", "familyName")
        if table is None:
            return
        roles = self._roles()
        students = _who_studies(table, roles, self.rows(ENROLMENTS))
        kept = []
        for number, cells in table.rows:
            key = cells.get("sourcedId", "")
            self._others.add(key)  # until the row proves to be a student's
            if key not in students:
                continue
            row = _as_row(cells, about.get(key, {}), roles.get(key, {}))
            if _is_gone(cells) or cells.get("enabledUser", "").lower() in _OFF:
                self.found.gone_students.append(Gone(row["school"], key, row["number"]))
            else:
                kept.append((number, key, row))
        header = {field: _SHOWN[field] for field in _SHOWN}
        if not about:
            del header["birth_date"], header["gender"]
        columns = StudentColumns([row for _, _, row in kept], header, (), self._how)
        columns.describe(self.found)
        for at, (number, key, _) in enumerate(kept):
            with_fault = _taken(columns, at, key, self.found)
            if isinstance(with_fault, Student):
                self._students[key] = with_fault
                self._others.discard(key)
            else:
                column = _SHOWN.get(with_fault.column, with_fault.column)
                self.found.refuse(BadCell(USERS, number, column, with_fault.reason))

    def classes(self) -> None:
        """Reads the classes that are not deleted; a code tells those of one title apart."""
        named: dict[tuple[str, str], int] = {}
        rows = list(self.rows(CLASSES, "sourcedId", "title"))
        for _, cells in rows:
            title = (_school(cells), cells.get("title", ""))
            named[title] = named.get(title, 0) + (not _is_gone(cells))
        for number, cells in rows:
            key, school, name = cells.get("sourcedId", ""), _school(cells), cells.get("title", "")
            if _is_gone(cells):
                self._gone_classes.add(key)
                self.found.gone_classes.append(Gone(school, key))
            elif not name:
                self.found.refuse(BadCell(CLASSES, number, "title", "is empty"))
            else:
                if named[school, name] > 1:
                    name = f"{name} ({cells.get('classCode') or key})"
                one = SchoolClass(class_id(school, f"\0{key}"), name, school, source_id=key)
                self.found.classes[one.id] = self._classes[key] = one

    def enrolments(self) -> None:
        """Reads who is in which class; ends enrolments marked for deletion."""
        for number, cells in self.rows(ENROLMENTS, "classSourcedId", "userSourcedId"):
            user, of = cells.get("userSourcedId", ""), cells.get("classSourcedId", "")
            role = cells.get("role", "").lower() or "student"
            if user in self._others or role not in _STUDENT or of in self._gone_classes:
                continue
            active = not _is_gone(cells)
            if user in self._students and of in self._classes:
                self.found.enrol(self._students[user].id, self._classes[of].id, active)
            else:
                self.found.references.append(
                    Reference(of, user, _school(cells), active, ENROLMENTS, number)
                )

    def _roles(self) -> dict[str, Cells]:
        """The row of roles.csv that makes a user a student, or any of theirs."""
        roles: dict[str, Cells] = {}
        for _, cells in self.rows(ROLES, "userSourcedId", "role"):
            user = cells.get("userSourcedId", "")
            studies = cells.get("role", "").lower() in _STUDENT and not _is_gone(cells)
            if studies or user not in roles:
                roles[user] = cells if studies else {**cells, "role": cells.get("role") or "none"}
        return roles

    def rows(self, name: str, *required: str) -> Iterator[tuple[int, Cells]]:
        """The rows of a file; none if it is not there or empty."""
        table = self._table(name, *required)
        yield from table.rows if table else ()

    def _table(self, name: str, *required: str) -> Table | None:
        if not self._files.get(name, b"").strip(b"\xef\xbb\xbf \r\n"):
            return None
        table = linked_table(self._files[name], name, self._how.encoding, _HEADERS, required)
        self.found.note(f"{name} was read as {table.encoding}")
        self.found.encoding = self.found.encoding or table.encoding
        return table


def _who_studies(
    table: Table, roles: Mapping[str, Cells], enrolments: Iterator[tuple[int, Cells]]
) -> set[str]:
    """The users who are students: by users.csv (1.1), by roles.csv (1.2), else by enrollments.csv;
    all of them if no file knows roles."""
    enrolled: dict[str, set[str]] = {}
    for _, cells in enrolments:
        user = cells.get("userSourcedId", "")
        enrolled.setdefault(user, set()).add(cells.get("role", "").lower())
    knows = any(role for of in enrolled.values() for role in of)
    students = set()
    for _, cells in table.rows:
        key = cells.get("sourcedId", "")
        if cells.get("role"):
            studies = cells["role"].lower() in _STUDENT
        elif key in roles:
            role = roles[key]
            studies = role.get("role", "").lower() in _STUDENT and not _is_gone(role)
        elif knows or roles:
            studies = bool(enrolled.get(key, set()) & set(_STUDENT))
        else:
            studies = True
        students.update([key] if studies else [])
    return students


def _taken(columns: StudentColumns, at: int, key: str, found: RosterFile) -> Student | WrongCell:
    try:
        student = columns.student(at, key)
        known = found.students.get(student.id, student)
        if known.source_id != key or merged(known, student) is None:
            raise WrongCell("identifier", "belongs to another student too")
    except WrongCell as wrong:
        return wrong
    found.students[student.id] = student
    return student


def _as_row(cells: Cells, about: Cells, role: Cells) -> dict[str, str]:
    orgs = cells.get("orgSourcedIds") or cells.get("primaryOrgSourcedId")
    return {
        "school": (orgs or role.get("orgSourcedId", "")).split(",")[0].strip(),
        "number": cells.get("identifier") or cells.get("sourcedId", ""),
        "first_name": cells.get("givenName", ""),
        "last_name": cells.get("familyName", ""),
        "middle_name": cells.get("middleName", ""),
        "grade": (cells.get("grades") or role.get("grade", "")).split(",")[0].strip(),
        "birth_date": about.get("birthDate", ""),
        "gender": about.get("sex", ""),
    }


def _school(cells: Cells) -> str:
    return cells.get("schoolSourcedId") or cells.get("orgSourcedId", "")


def _is_gone(cells: Cells) -> bool:
    return cells.get("status", "").lower() not in _ACTIVE
