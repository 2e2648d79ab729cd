"""Text in a spreadsheet's cell is never run as a formula."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from hypothesis import given
from hypothesis import strategies as st

from edge_app.ledger.spreadsheet_escape import escaped, unescaped


@given(st.text())
def test_an_escaped_text_never_begins_a_formula_and_comes_back(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert escaped(text)[:1] not in tuple("=+-@\t\r\n\0＝＋－＠")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),  # full width
        ("-5", "'-5"),
        ("\t=x", "'\t=x"),
        ("'=x", "''=x"),  # or it would come back without its apostrophe
        ("'t Hooft", "'t Hooft"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_one_apostrophe_where_it_is_needed(text: str, cell: str) -> None:
    assert escaped(text) == cell and unescaped(cell) == text
