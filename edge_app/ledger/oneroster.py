"""A roster as OneRoster CSV files: users, classes, enrollments, and optionally demographics.

The columns are those of OneRoster 1.1 and 1.2, CSV binding (imsglobal.org/spec/oneroster/v1p2).
"""

from __future__ import annotations

import io
import uuid
import zipfile
import zlib
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Callable, Mapping

from edge_app.errors import InputError
from edge_app.ledger.csv_text import MAX_BYTES
from edge_app.ledger.roster import SchoolClass, Student, class_id
from edge_app.ledger.roster_file import (
    BadCell,
    RosterFile,
    Table,
    WrongCell,
    plain,
    read_csv,
    student_from,
)

USERS, CLASSES, ENROLMENTS = "users.csv", "classes.csv", "enrollments.csv"
DEMOGRAPHICS = "demographics.csv"
FILES = (USERS, CLASSES, ENROLMENTS, DEMOGRAPHICS)
_COLUMNS = (
    "sourcedId", "status", "role", "givenName", "familyName", "middleName", "identifier", "grades",
    "orgSourcedIds", "title", "classCode", "schoolSourcedId", "classSourcedId",
    "userSourcedId", "birthDate", "sex",
)  # fmt: skip
_HEADERS = {plain(column): column for column in _COLUMNS}
_SHOWN = {"number": "identifier", "first_name": "givenName", "last_name": "familyName",
          "middle_name": "middleName", "gender": "sex", "birth_date": "birthDate",
          "grade": "grades", "school": "orgSourcedIds"}  # fmt: skip
_GONE = "tobedeleted"


def read_roster(data: bytes, name: str, today: date, encoding: str = "") -> RosterFile:
    """Reads an uploaded file: a zip of OneRoster files, or one CSV.

    Raises:
        InputError: the file cannot be read at all; bad rows are listed in the result instead.
    """
    if data.startswith(b"PK\x03\x04"):
        return read_oneroster(_unzip(data, name), today, encoding)
    return read_csv(data, name, today, encoding)


def read_roster_path(path: Path, today: date, encoding: str = "") -> RosterFile:
    """Reads a roster from the disk, where it may also be a folder of OneRoster files.

    Raises:
        InputError: as for `read_roster`, or there is no such file.
    """
    try:
        if path.is_dir():
            there = {name: path / name for name in FILES if (path / name).is_file()}
            files = {name: file.read_bytes() for name, file in there.items()}
            return read_oneroster(files, today, encoding)
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES // 2**20} MB")
        return read_roster(path.read_bytes(), path.name, today, encoding)
    except OSError as exc:
        raise InputError(f"cannot read {path}: {exc.strerror}") from exc


def read_oneroster(files: Mapping[str, bytes], today: date, encoding: str = "") -> RosterFile:
    """Students, classes and enrolments; teachers are left out.

    Args:
        files: content by file name; the names are those of `FILES`.
        today: the latest date of birth that is accepted.
        encoding: "" to detect it.

    Raises:
        InputError: a file is missing or unreadable.
    """
    for name in (USERS, CLASSES, ENROLMENTS):
        if name not in files:
            raise InputError(f"a OneRoster roster needs {name}")
    reader = _Reader(files, today, encoding)
    reader.demographics()
    reader.users()
    reader.classes()
    reader.enrolments()
    return reader.found


class _Reader:
    """One pass over the files, which refer to each other by sourcedId."""

    def __init__(self, files: Mapping[str, bytes], today: date, encoding: str) -> None:
        self._files, self._today, self._encoding = files, today, encoding
        self.found = RosterFile()
        self._about: dict[str, tuple[str, str]] = {}
        self._students: dict[str, Student] = {}
        self._others: set[str] = set()  # teachers, and refused rows
        self._class_ids: dict[str, uuid.UUID] = {}

    def demographics(self) -> None:
        """Reads birth date and sex by user, if the file exists."""
        if DEMOGRAPHICS in self._files:
            for _, cells in self._table(DEMOGRAPHICS, "sourcedId"):
                about = (cells.get("birthDate", ""), cells.get("sex", ""))
                self._about[cells["sourcedId"]] = about

    def users(self) -> None:
        """Reads the students among the users."""

        def take(cells: Mapping[str, str]) -> None:
            key = cells["sourcedId"]
            if cells.get("role", "student").lower() not in ("student", ""):
                self._others.add(key)
                return
            if cells.get("status", "").lower() == _GONE:
                self._others.add(key)
                return
            self._others.add(key)  # until the row proves valid
            student = student_from(self._as_row(cells), self._today)
            if self.found.students.setdefault(student.id, student) != student:
                raise WrongCell("identifier", "belongs to another student too")
            self._students[key] = student
            self._others.discard(key)

        self._each(USERS, ("sourcedId", "givenName", "familyName"), take)

    def classes(self) -> None:
        """Reads the classes not marked for deletion; a code distinguishes those of one title."""
        named: dict[tuple[str, str], int] = {}
        for _, cells in self._table(CLASSES, "sourcedId", "title"):
            title = (cells.get("schoolSourcedId", ""), cells["title"])
            named[title] = named.get(title, 0) + 1

        def take(cells: Mapping[str, str]) -> None:
            school, name = cells.get("schoolSourcedId", ""), cells["title"]
            if not name:
                raise WrongCell("title", "is empty")
            if named[school, name] > 1:
                name = f"{name} ({cells.get('classCode') or cells['sourcedId']})"
            if cells.get("status", "").lower() != _GONE:
                one = SchoolClass(class_id(school, name), name, school)
                self.found.classes[one.id] = one
                self._class_ids[cells["sourcedId"]] = one.id

        self._each(CLASSES, ("sourcedId", "title"), take)

    def enrolments(self) -> None:
        """Reads who is in which class; ends enrolments marked for deletion."""

        def take(cells: Mapping[str, str]) -> None:
            user, of = cells["userSourcedId"], cells["classSourcedId"]
            if user in self._others or cells.get("role", "student").lower() != "student":
                return
            if user not in self._students:
                raise WrongCell("userSourcedId", f"'{user}' is not in {USERS}")
            if of not in self._class_ids:
                raise WrongCell("classSourcedId", f"'{of}' is not in {CLASSES}")
            active = cells.get("status", "").lower() != _GONE
            self.found.enrol(self._students[user].id, self._class_ids[of], active)

        self._each(ENROLMENTS, ("classSourcedId", "userSourcedId"), take)

    def _as_row(self, cells: Mapping[str, str]) -> dict[str, str]:
        birth_date, sex = self._about.get(cells["sourcedId"], ("", ""))
        return {
            "school": cells.get("orgSourcedIds", "").split(",")[0],
            "number": cells.get("identifier") or cells["sourcedId"],
            "first_name": cells["givenName"],
            "last_name": cells["familyName"],
            "middle_name": cells.get("middleName", ""),
            "grade": cells.get("grades", "").split(",")[0],
            "birth_date": birth_date,
            "gender": sex,
        }

    def _table(self, name: str, *required: str) -> Table:
        table = Table(self._files[name], name, _HEADERS, required, self._encoding)
        note = f"{name} was read as {table.encoding}"
        if note not in self.found.notes:
            self.found.notes.append(note)
        return table

    def _each(
        self, name: str, required: tuple[str, ...], take: Callable[[Mapping[str, str]], None]
    ) -> None:
        for number, cells in self._table(name, *required):
            try:
                take(cells)
            except WrongCell as wrong:
                column = _SHOWN.get(wrong.column, wrong.column)
                self.found.refuse(BadCell(name, number, column, wrong.reason))


def _unzip(data: bytes, name: str) -> dict[str, bytes]:
    """Reads OneRoster files from a zip, in any folder of it, without touching the disk."""
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                base = PurePosixPath(info.filename.replace("\\", "/")).name.lower()
                if base not in FILES:
                    continue
                if base in files:
                    raise InputError(f"{name} contains {base} twice")
                with archive.open(info) as file:
                    files[base] = file.read(MAX_BYTES + 1)  # decode refuses what is longer
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as exc:
        raise InputError(f"cannot read {name}: not a valid zip file ({exc})") from exc
    return files
