"""Encodings and separators that nobody told us."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from hypothesis import given
from hypothesis import strategies as st

from edge_app.ledger.csv_text import decode


@given(st.text(st.characters(codec="cp1252", categories=["L", "Zs", "Po"]), min_size=1))
def test_western_names_are_not_taken_for_chinese(text: str) -> None:
    words = f"ID,Name\n1,José Müller\n2,{text}e\n"
    got, encoding = decode(words.encode("cp1252"), "roster.csv")
    if encoding == "cp1252":
        assert got == words
    else:  # only where accents stand side by side, which no name does
        accents = "".join("1" if c > "\x80" else "0" for c in text)
        assert "11" in accents
