"""Text files as people save them, and JSON that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.errors import InputError
from edge_app.texts import read_text, strict_json

TEXT = "name = '林晓彤'\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.toml").write_bytes(TEXT.encode(encoding))
    assert read_text(tmp_path / "a.toml") == TEXT


def test_utf_16_in_the_other_order(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert read_text(tmp_path / "a.toml") == TEXT


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = 1\nb = '\xff'\n", "line 2 has a byte that cannot be read"),
        (b"a = 1\n\0\0\0", "line 2: there is a zero byte, the file is damaged"),
        (b"x" * 101, "larger than"),
    ],
)
def test_a_damaged_or_endless_file(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_text(tmp_path / "a.toml", most_bytes=100)


@pytest.mark.parametrize("name", ["none.toml", "x" * 300, "a\0b", "/dev/zero", "/"])
def test_what_is_no_file(name: str) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_text(Path(name))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "the key 'c' is there twice"),
        ('{"a": NaN}', "NaN is not a number"),
        ("[-Infinity]", "-Infinity is not a number"),
        ("[1e999]", "1e999 is too large"),
        ("[" + "9" * 5000 + "]", "9999999999… is too large"),
        ('["a\\u0000b"]', "zero byte"),
        ("[" * 100_000, "nested too deeply"),
        ("{", "Expecting"),
    ],
)
def test_what_is_no_json(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        strict_json(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    max_leaves=20,
)  # fmt: skip


@given(VALUES)
def test_json_that_is_some_is_read_as_ever(value: object) -> None:
    assert strict_json(json.dumps(value)) == value
