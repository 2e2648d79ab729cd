"""Dates of birth: the column decides, and what nothing decides is not guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.ledger.rosters.date_forms import NoDate
from edge_app.ledger.rosters.dates import date_column

TODAY = date(2026, 11, 22)
MARCH = date(2014, 3, 4)


def _read(*cells: str, header: str = "DOB", order: str = "") -> list[str]:
    column = date_column(cells, header, TODAY, order)
    return [str(column.read(cell)) for cell in cells]


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        (("03/04/2014", "20/11/2013"), ["2014-04-03", "2013-11-20"]),  # the day comes first
        (("03/04/2014", "11/20/2013"), ["2014-03-04", "2013-11-20"]),
        (("03-04-14", "31-07-13", "99"), ["2014-04-03", "2013-07-31"]),
        (("3/4/2014 12:00:00 AM", "31/7/2014 0:00"), ["2014-04-03", "2014-07-31"]),
        (("04.03.2014", "05.01.2014"), ["2014-03-04", "2014-01-05"]),  # points: the day first
        (("04.20.2014", "05.01.2014"), ["2014-04-20", "2014-05-01"]),  # unless it cannot be
        (("04/04/2014", "", "null"), ["2014-04-04", "None", "None"]),
        (("03-04-14", "20-11-13"), ["None", "None"]),  # 2020-11-13 is a date, too
        (("14/03/04", "99/12/31"), ["2014-03-04", "1999-12-31"]),  # the year first
    ],
)
def test_the_whole_column_decides(cells: tuple[str, ...], dates: list[str]) -> None:
    column = date_column(cells, "DOB", TODAY)
    assert [str(column.read(cell)) for cell in cells[: len(dates)]] == dates


@pytest.mark.parametrize(
    ("header", "date"),
    [("DOB (DD/MM/YYYY)", "2014-04-03"), ("Birthdate [mm/dd/yyyy]", "2014-03-04"),
     ("StudentBirthdate", "2014-03-04"), ("Date de naissance", "2014-04-03"),
     ("Geburtsdatum", "2014-04-03"), ("Geburtsdatum (TT.MM.JJJJ)", "2014-04-03"),
     ("DOB", "None"), ("Fecha de nacimiento", "None")],
)  # fmt: skip
def test_a_header_may_decide(header: str, date: str) -> None:
    assert _read("03/04/2014", header=header) == [date]


def test_the_vendor_or_the_user_decides() -> None:
    column = date_column(["03/04/2014"], "DOB", TODAY, usual="month-first")
    assert column.read("03/04/2014") == MARCH and "this vendor" in column.note
    assert _read("03/04/2014", order="day-first") == ["2014-04-03"]
    assert _read("03/04/2014", order="month-first") == ["2014-03-04"]


def test_taiwans_short_years_are_the_republics() -> None:
    for cell, year in (("95.09.26", 2006), ("950926", 2006), ("1030926", 2014)):
        column = date_column([cell], "生日", TODAY, republic=True)
        assert column.read(cell) == date(year, 9, 26)
    assert date_column(["2014/3/4"], "生日", TODAY, republic=True).read("2014/3/4") == MARCH


def test_a_column_of_two_orders_keeps_what_is_certain() -> None:
    cells = ["20/11/2013", "11/20/2013", "03/04/2014"]
    column = date_column(cells, "DOB", TODAY)
    assert column.read(cells[0]) == column.read(cells[1]) == date(2013, 11, 20)
    with pytest.raises(NoDate, match="two ways"):
        column.read(cells[2])


DAYS = st.dates(date(2000, 1, 1), TODAY)


@given(st.lists(DAYS, min_size=1, max_size=12), st.sampled_from("/-"), st.booleans())
def test_a_date_is_right_or_not_read(days: list[date], sign: str, day_first: bool) -> None:
    form = f"%d{sign}%m{sign}%Y" if day_first else f"%m{sign}%d{sign}%Y"
    cells = [day.strftime(form) for day in days]
    column = date_column(cells, "DOB", TODAY)
    read = [column.read(cell) for cell in cells]
    if column.unknown:
        assert all(r is None or r == day for r, day in zip(read, days))
    elif any(day.day > 12 for day in days):
        assert read == days


@given(DAYS, st.integers(0, 1))
def test_serial_numbers_count_days(day: date, zero: int) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert date(1899, 12, 30) + timedelta(serial) == day
    assert _read(f"{serial}{'.0' * zero}") == [str(day)]
