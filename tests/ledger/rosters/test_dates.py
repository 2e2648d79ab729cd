"""Dates of birth: the column decides, and what nothing decides is not guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.ledger.rosters.dates import NoDate, date_column

TODAY = date(2026, 11, 22)
MARCH = date(2014, 3, 4)


def _read(*cells: str, header: str = "DOB", order: str = "") -> list[str]:
    column = date_column(cells, header, TODAY, order)
    return [str(column.read(cell)) for cell in cells]


@pytest.mark.parametrize(
    "cell",
    ["2014-03-04", "2014/3/4", "2014.3.4", "2014.03.04.", "20140304", "2014-03-04T00:00:00.000Z",
     "2014-03-04 00:00:00", "2014-03-04T10:00:00+08:00", "2014-03-04T12:00:00Z", "2014年3月4日",
     "2014年03月04号", "2014년 3월 4일", "4-Mar-14", "04-MAR-2014", "4 March 2014", "4. März 2014",
     "March 4, 2014", "Mar 4 2014", "Mar. 4, 2014", "March 4th, 2014", "4th of March 2014",
     "4 mars 2014", "4 de marzo de 2014", "Tuesday, March 4, 2014", "2014-Mar-04", "04Mar2014",
     "41702", "41702.0", "103/3/4", "民國103年3月4日", "平成26年3月4日", "H26.3.4",
     "２０１４-03-04",      "'2014-03-04"],
)  # fmt: skip
def test_a_form_with_one_meaning(cell: str) -> None:
    assert _read(cell) == ["2014-03-04"]


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


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("31/31/2012", "is no date"), ("2014-02-30", "is no date"), ("soon", "must be YYYY"),
     ("2030-01-01", "not a plausible"), ("0001-01-01", "not a plausible"), ("12", "must be YYYY"),
     ("2014-03-03T16:00:00.000Z", "time zone"), ("4 Marchember 2014", "must be")],
)  # fmt: skip
def test_what_is_no_date_is_said(cell: str, reason: str) -> None:
    column = date_column([cell], "DOB", TODAY)
    with pytest.raises(NoDate, match=reason):
        column.read(cell)


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
