"""Encodings and separators that nobody told us."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from hypothesis import given
from hypothesis import strategies as st

from edge_app.errors import InputError
from edge_app.ledger.csv_text import decode, rows, separator


@given(st.text(st.characters(codec="cp1252", categories=["L", "Zs", "Po"]), min_size=1))
def test_western_names_are_not_taken_for_chinese(text: str) -> None:
    words = f"ID,Name\n1,José Müller\n2,{text}e\n"
    got, encoding = decode(words.encode("cp1252"), "roster.csv")
    if encoding == "cp1252":
        assert got == words
    else:  # only where accents stand side by side, which no name does
        accents = "".join("1" if c > "\x80" else "0" for c in text)
        assert "11" in accents


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("é".encode(), "utf-8"),
        ("é".encode("utf-8-sig"), "utf-8-sig"),
        ("a,é".encode("utf-16"), "utf-16"),
        ("a,é".encode("utf-32"), "utf-32"),  # its mark begins with that of UTF-16
        ("a,é".encode("utf-16-be"), "utf-16-be"),
        ("José".encode("cp1252"), "cp1252"),
        ("张伟".encode("gb18030"), "gb18030"),
    ],
)
def test_an_encoding_is_told_by_its_bytes(data: bytes, encoding: str) -> None:
    assert decode(data, "roster.csv") == (data.decode(encoding), encoding)


def test_a_file_beyond_all_measure_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.ledger.csv_text.MAX_BYTES", 2**20)
    with pytest.raises(InputError, match=r"roster\.csv is larger than 1 MB"):
        decode(bytes(2**20 + 1), "roster.csv")


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
