"""Students out of the rows of a table: each column is read as a whole, then each row by itself."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Callable, Mapping, Sequence, TypeVar

from edge_app.ledger.roster import Student, student_id
from edge_app.ledger.rosters import cells as reading
from edge_app.ledger.rosters.date_forms import NoDate
from edge_app.ledger.rosters.dates import date_column
from edge_app.ledger.rosters.found import OPTIONAL, Reading, RosterFile, WrongCell, unreadable
from edge_app.ledger.rosters.headers import plain
from edge_app.ledger.rosters.numbers import ERRORS, number_column

_LONGEST = 100  # characters of a cell
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SOCIAL_SECURITY = re.compile(r"\d{3}-\d{2}-\d{4}")
_Value = TypeVar("_Value")
_TAIWAN = frozenset(map(plain, ("學號", "班級", "座號", "學校類別", "學生姓名", "年級")))
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


class StudentColumns:
    """The columns of a table of students.

    Args:
        rows: cells by field, of all rows.
        header: field → header as it is written.
        headers: all headers, for the conventions of a country.
        how: how the file is read.
        usual_dates: the order of dates that the vendor's description says, or "".
    """

    def __init__(
        self,
        rows: Sequence[Mapping[str, str]],
        header: Mapping[str, str],
        headers: Sequence[str],
        how: Reading,
        usual_dates: str = "",
    ) -> None:
        self._rows, self._header, self._how = rows, header, how

        def column(field: str) -> list[str]:
            return [row.get(field, "") for row in rows]

        source = "number" if "number" in header else "address"
        self._numbers = number_column(column(source), how.as_written or source == "address")
        self._genders = reading.GenderColumn(column("gender"), header.get("gender", ""))
        self._dates = date_column(
            column("birth_date"), header.get("birth_date", ""), how.today, how.dates, usual_dates,
            bool(_TAIWAN & set(map(plain, headers))), how.clock_unsure,
        )  # fmt: skip

    def describe(self, found: RosterFile) -> None:
        """Adds how the columns were read to the notes and warnings of a file."""
        for note in self._numbers.notes:
            found.note(note)
        if self._dates.note:
            found.note(self._dates.note)
        if self._dates.unknown:
            found.dates_unknown = True
            found.warnings.append(
                "the dates of birth were left out: nothing tells whether day or month comes "
                "first; say it with --dates day-first or --dates month-first"
            )
        if self._how.clock_unsure:
            self._warn_of_later_dates(found)
        if self._genders.unknown:
            found.warnings.append("the genders were left out: M can be a man or a woman (mujer)")
        found.fields |= {name for name in OPTIONAL if name in self._header}
        if self._dates.unknown:
            found.fields.discard("birth_date")
        if self._genders.unknown:
            found.fields.discard("gender")

    def _warn_of_later_dates(self, found: RosterFile) -> None:
        """Says how many dates of birth are after today, as far as the clock knows it."""
        later = 0
        for row in self._rows:
            with suppress(NoDate):  # its row is refused
                born = self._dates.read(row.get("birth_date", ""))
                later += born is not None and born > self._how.today
        if later:
            found.warnings.append(
                f"{later} dates of birth are after {self._how.today}; they are taken as they are, "
                "because the clock of this device is not trusted"
            )

    def student(self, at: int, source_id: str = "") -> Student:
        """The student of a row.

        Raises:
            WrongCell: a cell is invalid.
        """
        row = self._rows[at]
        _check_text({field: cell for field, cell in row.items() if field in self._header})
        number = self._number(at)
        first, last, middle = self._name(row)
        school = row.get("school", "")
        if not first and not last:
            raise WrongCell("last_name", "is empty, and there is no other name")
        for field, cell in (("last_name", last), ("first_name", first)):
            if cell.upper() in ERRORS:
                raise WrongCell(field, f"'{cell}' is an error of a spreadsheet")
        return Student(
            id=student_id(school, number),
            number=number,
            first_name=first,
            last_name=last,
            middle_name=middle,
            gender=_cell("gender", row, self._genders.read),
            birth_date=_cell("birth_date", row, self._dates.read),
            grade=reading.grade(row.get("grade", "")),
            school=school,
            source_id=source_id,
        )

    def _number(self, at: int) -> str:
        number, fault = self._numbers.values[at], self._numbers.faults.get(at, "")
        if fault:
            raise WrongCell("number", fault)
        if not number:
            raise WrongCell("number", "is empty")
        if _SOCIAL_SECURITY.fullmatch(number):
            raise WrongCell("number", "looks like a social security number; use the school's own")
        return number

    def _name(self, row: Mapping[str, str]) -> tuple[str, str, str]:
        """First, last and middle name. One column «Last, First» is both; a Chinese, Japanese or
        Korean name stays whole."""
        first, last = row.get("first_name", ""), row.get("last_name", "")
        if row.get("second_last"):
            last = f"{last} {row['second_last']}".strip()
        if "name" in self._header and not (first or last):
            name = row.get("name", "")
            split = not _EAST_ASIAN.search(name + self._header["name"])
            first, last = reading.split_name(name) if split else ("", name)
        return first, last, row.get("middle_name", "")


def _check_text(cells: Mapping[str, str]) -> None:
    for column, cell in cells.items():
        if len(cell) > _LONGEST:
            raise WrongCell(column, f"is longer than {_LONGEST} characters")
        if _CONTROL.search(cell):
            raise WrongCell(column, "contains a control character")


def _cell(field: str, row: Mapping[str, str], read: Callable[[str], _Value]) -> _Value:
    try:
        return read(row.get(field, ""))
    except (NoDate, ValueError) as exc:
        raise WrongCell(field, str(exc)) from None


def merged(known: Student, other: Student) -> Student | None:
    """One student out of two rows; None if they contradict each other.

    An empty cell contradicts nothing, and neither does a grade written in another way.
    """
    values = dict(known.__dict__)
    for field, value in other.__dict__.items():
        if not values[field] or value == values[field]:
            values[field] = values[field] or value
        elif value and not (field == "grade" and reading.same_grade(value, values[field])):
            return None
    return Student(**values)


def damaged(student: Student) -> bool:
    """Whether a character of a name cannot be read."""
    return any(unreadable(name) for name in (student.first_name, student.last_name))
