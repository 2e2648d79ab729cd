"""Students out of rows: merged, damaged, refused."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.rosters.found import Reading, RosterFile, WrongCell
from edge_app.ledger.rosters.students import StudentColumns, damaged, merged
from tests.ledger.making import make_student

HOW = Reading(date(2026, 11, 22))
ADA = make_student("Ada")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"grade": "08"}, True),  # 8 and 08 are one
        ({"grade": ""}, True),
        ({"birth_date": None}, True),
        ({"middle_name": "B"}, True),  # the fuller one is kept
        ({"grade": "9"}, False),
        ({"first_name": "Ana"}, False),
        ({"birth_date": date(2012, 3, 1)}, False),
    ],
)
def test_two_rows_of_one_student(change: dict[str, object], same: bool) -> None:
    other = dataclasses.replace(ADA, **change)  # type: ignore[arg-type]
    both = merged(ADA, other)
    assert (both is not None) == same
    if both is not None:
        assert both.birth_date == ADA.birth_date and both.grade == "8"
        assert both.middle_name == other.middle_name


def test_a_name_with_a_damaged_character_is_told() -> None:
    assert damaged(dataclasses.replace(ADA, last_name="L\ufffd")) and not damaged(ADA)


@pytest.mark.parametrize(
    ("header", "name", "parts"),
    [
        ("Name", "Tolvanen, Mira", ("Mira", "Tolvanen")),
        ("姓名", "Tolvanen, Mira", ("", "Tolvanen, Mira")),  # no comma of ours
        ("Name", "林晓彤", ("", "林晓彤")),
    ],
)
def test_one_column_of_names(header: str, name: str, parts: tuple[str, str]) -> None:
    rows = [{"number": "1", "name": name}]
    columns = StudentColumns(rows, {"number": "ID", "name": header}, ["ID", header], HOW)
    student = columns.student(0)
    assert (student.first_name, student.last_name) == parts


def test_a_spreadsheets_error_is_no_name() -> None:
    rows = [{"number": "1", "last_name": "#REF!"}]
    columns = StudentColumns(rows, {"number": "ID", "last_name": "Name"}, [], HOW)
    with pytest.raises(WrongCell, match="error of a spreadsheet"):
        columns.student(0)


def test_what_the_columns_leave_out_is_said_and_stays_as_the_ledger_has_it() -> None:
    rows = [{"number": "1", "last_name": "Li", "birth_date": "03/04/2014", "gender": "M"}]
    header = {"number": "ID", "last_name": "Name", "birth_date": "DOB", "gender": "Sexo"}
    found = RosterFile()
    StudentColumns(rows, header, [], HOW).describe(found)
    assert found.fields == set() and found.dates_unknown and len(found.warnings) == 2
    found = RosterFile()
    how = dataclasses.replace(HOW, dates="day-first")
    StudentColumns(rows, {**header, "gender": "Gender"}, [], how).describe(found)
    assert found.fields == {"birth_date", "gender"} and found.warnings == []


@pytest.mark.parametrize("unsure", [True, False])
def test_a_birth_after_today_is_a_warning_where_the_clock_may_be_wrong(unsure: bool) -> None:
    """The device may have started in 1970: then every child is not born yet."""
    how = Reading(date(1970, 1, 2), clock_unsure=unsure)
    rows = [
        {"number": str(n), "last_name": "Li", "birth_date": born}
        for n, born in enumerate(("2014-03-04", "1969-12-31", "2014-02-30"))
    ]
    header = {"number": "ID", "last_name": "Name", "birth_date": "Birthdate"}
    columns, found = StudentColumns(rows, header, list(header.values()), how), RosterFile()
    columns.describe(found)
    assert columns.student(1).birth_date == date(1969, 12, 31)
    with pytest.raises(WrongCell, match="is no date"):
        columns.student(2)
    if unsure:
        assert columns.student(0).birth_date == date(2014, 3, 4)
        assert found.warnings == [
            "1 dates of birth are after 1970-01-02; they are taken as they are, because the clock "
            "of this device is not trusted"
        ]
    else:
        assert found.warnings == []
        with pytest.raises(WrongCell, match="not a plausible birth date"):
            columns.student(0)
