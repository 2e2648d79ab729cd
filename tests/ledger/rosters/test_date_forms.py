"""One date: what its text can mean."""

from __future__ import annotations

from datetime import date

import pytest

from edge_app.ledger.rosters.date_forms import DAY, MONTH, YEAR, NoDate, meanings_of

TODAY = date(2026, 11, 22)


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
    assert meanings_of(cell, TODAY, republic=False) == {"": date(2014, 3, 4)}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("31/31/2012", "is no date"), ("2014-02-30", "is no date"), ("soon", "must be YYYY"),
     ("2030-01-01", "not a plausible"), ("0001-01-01", "not a plausible"), ("12", "must be YYYY"),
     ("2014-03-03T16:00:00.000Z", "time zone"), ("4 Marchember 2014", "must be")],
)  # fmt: skip
def test_what_is_no_date_is_said(cell: str, reason: str) -> None:
    with pytest.raises(NoDate, match=reason):
        meanings_of(cell, TODAY, republic=False)


@pytest.mark.parametrize("cell", ["", "  ", "NULL", "N/A", "0000-00-00", "-", "nan"])
def test_an_empty_cell_means_nothing(cell: str) -> None:
    assert meanings_of(cell, TODAY, republic=False) is None


def test_a_form_with_several_meanings() -> None:
    assert meanings_of("03/04/2014", TODAY, republic=False) == {
        DAY: date(2014, 4, 3), MONTH: date(2014, 3, 4)}  # fmt: skip
    assert meanings_of("13-04-09", TODAY, republic=False) == {
        DAY: date(2009, 4, 13), YEAR: date(2013, 4, 9)}  # fmt: skip
    assert meanings_of("31/07/2014", TODAY, republic=False) == {DAY: date(2014, 7, 31)}
