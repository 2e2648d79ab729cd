"""Student numbers: repaired if certain, refused if damaged, never changed otherwise."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.ledger.rosters.numbers import formula_text, number_column, tidy, zeros_apart

BARE = st.text("0123456789ABCabc-_/", min_size=1, max_size=14)


def _one(*cells: str) -> tuple[list[str], list[int]]:
    column = number_column(cells)
    return column.values, sorted(column.faults)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1001.0", "1002.0"), ["1001", "1002"]),  # pandas
        (("1001,0", "", "1002,00"), ["1001", "", "1002"]),
        (("1001.0", "1002"), ["1001", "1002"]),
        (("7.0", "7.1"), ["7.0", "7.1"]),  # class and seat: codes
        (("001001.0", "002"), ["001001.0", "002"]),  # zeros in front were never a float
        (("1,001", "12,345", "999"), ["1001", "12345", "999"]),
        (("1\u00a0001", "1\u202f002"), ["1001", "1002"]),
        (("1’001",), ["1001"]),
        (("1.234.567", "1.234.568"), ["1234567", "1234568"]),
        (("2.02401000376E+11",), ["202401000376"]),  # every digit is shown
        (("2,02401000376e11",), ["202401000376"]),
        (("１００１", "1002"), ["1001", "1002"]),
        (("٠٠١",), ["001"]),
        (("\u200b1001\ufeff", "\u00a01002 "), ["1001", "1002"]),
        (("'001001", "`7"), ["001001", "7"]),
        (("12E4", "1e5", "E100"), ["12E4", "1e5", "E100"]),  # codes
        (("2024-001", "A.7", "20240101020304050"), ["2024-001", "A.7", "20240101020304050"]),
        (("12 345", "1 2"), ["12 345", "1 2"]),
    ],
)
def test_numbers_are_read_as_they_are_meant(cells: tuple[str, ...], values: list[str]) -> None:
    assert _one(*cells) == (values, [])


@pytest.mark.parametrize(
    "cell",
    ["2.02401E+11", "2,02401E+11", "2.02401E11", "2E+11", "2.02401e+011", "1.2E+05",
     "440106201403040000", "7-Feb", "Feb-07", "7月2日", "#N/A", "######", "12\ufffd4", "１.2Ｅ+05"],
)  # fmt: skip
def test_a_damaged_number_is_refused(cell: str) -> None:
    values, faults = _one("1001", cell)
    assert faults == [1] and values[0] == "1001"
    assert number_column([cell]).faults[0].startswith("'")


@pytest.mark.parametrize("cells", [("1,001", "2024001"), ("1.001", "1.002"), ("1.001", "77777")])
def test_a_separator_that_may_be_a_code_is_refused(cells: tuple[str, str]) -> None:
    column = number_column(cells)
    assert 0 in column.faults and column.values == list(cells)


def test_who_says_so_gets_numbers_as_they_are_written() -> None:
    cells = ["1.001", "2.02401E+11", " 1001.0 "]
    column = number_column(cells, as_written=True)
    assert (column.values, column.faults) == (["1.001", "2.02401E+11", "1001.0"], {})


@pytest.mark.parametrize(
    ("cell", "text"),
    [('="001001"', "001001"), ('= "7"', "7"), ('=T("07")', "07"), ("=A1", "=A1"), ("7", "7")],
)
def test_a_formula_holds_its_text(cell: str, text: str) -> None:
    assert formula_text(cell) == text


def test_repairs_are_said() -> None:
    assert "2 student numbers ended in .0" in number_column(["1.0", "2.0"]).notes[0]
    assert "thousands separator" in number_column(["1,001"]).notes[0]
    assert "wide digits" in number_column(["１"]).notes[0]
    assert number_column(["001", "A1"]).notes == []


@given(st.lists(BARE, min_size=1, max_size=8))
def test_a_number_that_needs_no_repair_is_never_changed(cells: list[str]) -> None:
    column = number_column(cells)
    assert [v for row, v in enumerate(column.values) if row not in column.faults] == [
        c for row, c in enumerate(cells) if row not in column.faults
    ]


@given(st.lists(st.text("0123456789.,eE+ '\u00a0", max_size=12), min_size=1, max_size=6))
def test_what_is_repaired_is_the_same_number(cells: list[str]) -> None:
    """Every repaired number has the value that the cell shows, in one of the two notations."""
    column = number_column(cells)
    for row, (cell, value) in enumerate(zip(cells, column.values)):
        if row in column.faults or value == tidy(cell):
            continue
        bare = "".join(c for c in tidy(cell) if c not in " '\u00a0")
        forms = {bare.replace(",", "."), bare.replace(",", ""), bare.replace(".", ""),
                 bare.replace(".", "").replace(",", ".")}  # fmt: skip
        values = set()
        for form in forms:
            try:
                values.add(Decimal(form))
            except ArithmeticError:
                continue
        assert Decimal(value) in values and value.isdigit()


@given(st.text("123456789", min_size=1, max_size=9), st.integers(1, 4))
def test_zeros_in_front_belong_to_the_number(number: str, zeros: int) -> None:
    padded = "0" * zeros + number
    assert _one(padded, number) == ([padded, number], [])
    pairs = zeros_apart([("s", number), ("s", padded)], lambda school, bare: [padded])
    assert pairs == [(number, padded)]
