"""Rows and separators that nobody told us."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.csv_text import rows, separator, without_separator_line


@pytest.mark.parametrize(
    ("text", "comma"),
    [
        ("a,b,c\n1;2;3;4;5\n", ","),  # the header decides
        ("a;b\n", ";"),
        ('"a,b,c";d\n', ";"),  # quoted parts aside
        ("a\tb|c\td\n", "\t"),
        ("alone\n", ","),
        ("no line end|x", "|"),
    ],
)
def test_the_separator_is_the_headers(text: str, comma: str) -> None:
    assert separator(text) == comma


def test_rows_have_the_numbers_that_a_spreadsheet_shows() -> None:
    assert list(rows('a,b\n\n , \n"1\n2",3\n', "x.csv")) == [(1, ["a", "b"]), (4, ["1\n2", "3"])]


@pytest.mark.parametrize(
    ("text", "named", "first"),
    [
        ("sep=;\na;b\n", ";", 1),  # a spreadsheet does not show the line
        ("SEP=\t\r\na\tb\r\n", "\t", 1),
        ('"sep=,"\na,b\n', ",", 2),  # quoted by a CSV writer, a spreadsheet shows it
        ("sep=;,,,\ra,b\r", ";", 1),
        ("sepal,b\n", "", 1),
    ],
)
def test_the_line_that_names_the_separator_is_no_row(text: str, named: str, first: int) -> None:
    body, found, _ = without_separator_line(text)
    assert found == named and "sep=" not in body
    assert next(rows(text, "x.csv"))[0] == first
