"""Exports results as CSV, XLSX or a FitnessGram-style file, and the roster as CSV to read back.

No cell runs as a formula, see `spreadsheet_escape`; `read_table` gives back what was written.
"""

from __future__ import annotations

import csv
from datetime import date, tzinfo
from typing import Any, BinaryIO, Iterable, Iterator, Mapping, Sequence, TextIO

from edge_app.errors import InputError
from edge_app.ledger.csv_text import rows
from edge_app.ledger.records import AttemptRecord
from edge_app.ledger.roster import Enrolment, SchoolClass, Student
from edge_app.ledger.spreadsheet_escape import escaped, unescaped
from edge_app.ledger.text_encoding import decode

RESULT_COLUMNS = (
    "date", "time", "school", "class", "student_number", "last_name", "first_name", "grade",
    "gender", "exercise", "protocol", "score", "valid", "machine_count", "repetitions", "rejected",
    "faults", "ended", "corrections", "station", "mat", "started_utc", "clock",
    "recorded_start_utc", "attempt",
)  # fmt: skip
ROSTER_COLUMNS = (
    "SchoolID", "StudentID", "StudentFirstName", "StudentLastName", "StudentMiddleInitial",
    "StudentBirthdate", "StudentGrade", "StudentGender", "ClassName",
)  # fmt: skip
# Students as FitnessGram's import names them (help.fitnessgram.net/import), tests as the Texas
# PFAI file does (help.ascendertx.com, FitnessGram export), each with its range there.
FITNESSGRAM_TESTS = {
    "FitnessGram curl-up": ("Curl Up", 75),
    "FitnessGram 90° push-up": ("Push Up", 99),
}
FITNESSGRAM_COLUMNS = (
    "SchoolID", "StudentID", "StudentFirstName", "StudentLastName", "StudentMiddleInitial",
    "StudentGrade", "StudentGender", "Test Date", "Curl Up", "Push Up",
)  # fmt: skip
US_DATE = "%m/%d/%Y"
Cell = Any  # str or int


def result_row(record: AttemptRecord, zone: tzinfo | None = None) -> list[Cell]:
    """One attempt in the order of `RESULT_COLUMNS`; its day in `zone`, the device's if None."""
    student = record.student or Student(record.id, "", "", "")
    local = record.started_utc.astimezone(zone)
    return [
        local.strftime("%Y-%m-%d"),
        local.strftime("%H:%M:%S"),
        student.school,
        record.school_class.name if record.school_class else "",
        student.number,
        student.last_name,
        " ".join(n for n in (student.first_name, student.middle_name) if n),
        student.grade,
        student.gender,
        record.exercise,
        record.protocol,
        record.score,
        "yes" if record.valid else "no",
        record.counted,
        record.repetitions,
        record.rejected,
        "; ".join(f"{code} {number}" for code, number in record.faults.items()),
        record.ended,
        record.corrections,
        record.station,
        record.mat,
        record.started_utc.isoformat(timespec="milliseconds"),
        record.clock,
        record.recorded_start_utc.isoformat(timespec="milliseconds"),
        str(record.id),
    ]


def fitnessgram_rows(
    records: Iterable[AttemptRecord], zone: tzinfo | None = None
) -> Iterator[list[Cell]]:
    """One row for every student and day with the best valid result of each test.

    Leaves out attempts of guests, of students whose names were erased, and of other tests.
    """
    best: dict[tuple[Student, date], dict[str, int]] = {}
    for record in records:
        student = record.student
        if student is None or student.erased or not record.valid:
            continue
        if record.protocol in FITNESSGRAM_TESTS:
            column, most = FITNESSGRAM_TESTS[record.protocol]
            day = record.started_utc.astimezone(zone).date()
            scores = best.setdefault((student, day), {})
            scores[column] = max(scores.get(column, 0), min(record.score, most))
    for (student, day), scores in sorted(best.items(), key=_by_name):
        yield [
            student.school,
            student.number,
            student.first_name,
            student.last_name,
            student.middle_name,
            student.grade,
            student.gender,
            day.strftime(US_DATE),
            *(scores.get(column, "") for column, _ in FITNESSGRAM_TESTS.values()),
        ]


def roster_rows(
    students: Sequence[Student], classes: Sequence[SchoolClass], enrolments: Sequence[Enrolment]
) -> Iterator[list[Cell]]:
    """One row for every student and class, in the order of `ROSTER_COLUMNS`."""
    names = {one.id: one.name for one in classes}
    of: dict[Any, list[str]] = {}
    for enrolment in enrolments:
        of.setdefault(enrolment.student_id, []).append(names[enrolment.class_id])
    for student in students:
        born = student.birth_date.strftime(US_DATE) if student.birth_date else ""
        for name in sorted(of.get(student.id, [""])):
            yield [
                student.school,
                student.number,
                student.first_name,
                student.last_name,
                student.middle_name,
                born,
                student.grade,
                student.gender,
                name,
            ]


def write_csv(file: TextIO, columns: Sequence[str], table: Iterable[Sequence[Cell]]) -> int:
    """Writes header and rows; open the file with encoding="utf-8-sig" (for Excel), newline="".

    Returns:
        The number of rows.
    """
    writer = csv.writer(file)
    writer.writerow(columns)
    number = 0
    for row in table:
        number += 1
        writer.writerow([escaped(c) if isinstance(c, str) else c for c in row])
    return number


def write_xlsx(
    file: BinaryIO, title: str, columns: Sequence[str], table: Iterable[Sequence[Cell]]
) -> int:
    """Writes one sheet; every text is stored as text. Returns the number of rows.

    Raises:
        InputError: openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError as exc:
        raise InputError("XLSX needs the extra `kiosk`: pip install 'edge-reps[kiosk]'") from exc
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"

    def cell(value: Cell) -> Any:
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, _storable(value))
        made.data_type = "s"  # never "f"
        made.quotePrefix = escaped(value) != value  # stays text when somebody edits it
        return made

    sheet.append([cell(c) for c in columns])
    number = 0
    for row in table:
        number += 1
        sheet.append([cell(c) for c in row])
    book.save(file)
    return number


def read_table(data: bytes, name: str) -> list[Mapping[str, str]]:
    """Reads what `write_csv` wrote: per row, a mapping from column to text; "" where cells lack.

    Raises:
        InputError: not a CSV file.
    """
    text, _ = decode(data, name)
    table = rows(text, name)
    _, header = next(table, (0, []))
    empty = dict.fromkeys(header, "")
    return [{**empty, **dict(zip(header, map(unescaped, cells)))} for _, cells in table]


def _storable(text: str) -> str:
    """The text without control characters, which XLSX (XML) cannot hold."""
    return "".join(c if c >= " " or c in "\t\n" else " " for c in text)


def _by_name(item: tuple[tuple[Student, date], object]) -> tuple[str, str, str, date]:
    (student, day), _ = item
    return student.last_name, student.first_name, student.number, day
