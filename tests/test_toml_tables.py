"""TOML files: encodings, and that the line which is named is the right one."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from pydantic.dataclasses import dataclass

from edge_app.errors import InputError
from edge_app.toml_tables import find_named, parse_tables, read_tables
from edge_app.validation import CLOSED


@dataclass(frozen=True, config=CLOSED)
class Inner:
    code: str
    least: float = 0.0


@dataclass(frozen=True, config=CLOSED)
class Outer:
    name: str
    aliases: tuple[str, ...] = ()
    inner: tuple[Inner, ...] = ()


TEXT = '''# least
name = """
least = 3
"""
aliases = [
  "a",
  "code",
]
[[inner]]
code = "first"
[[inner]]  # code
code = "second"
least = 2
'''


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("least = 2", "least = 'x'", "f, line 13: 'inner[1].least' must be a number"),
        ("least = 2", "least = nan", "f, line 13: 'inner[1].least' must be a number"),
        ("least = 2", "lest = 2", "f, line 13: unknown key 'inner[1].lest'; did you mean 'least'?"),
        ('code = "second"\n', "", "f, line 11: missing key 'inner[1].code'"),
        ('"code"', "7", "f, line 5: 'aliases[1]' must be text, not 7"),
        ('name = """\nleast = 3\n"""\n', "", "f: missing key 'name'"),
        ("aliases = [", "aliases = [[", "f: "),
    ],
)
def test_the_line_is_named(old: str, new: str, said: str, line_end: str) -> None:
    assert parse_tables(TEXT.replace("\n", line_end), Outer, "f").inner[1].least == 2
    with pytest.raises(InputError) as caught:
        parse_tables(TEXT.replace(old, new).replace("\n", line_end), Outer, "f")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_what_editors_on_windows_write(encoding: str, tmp_path: Path) -> None:
    content = 'name = "仰卧"'.encode(encoding)
    if encoding == "utf-16-be":
        content = codecs.BOM_UTF16_BE + content
    (tmp_path / "a.toml").write_bytes(content)
    assert read_tables(tmp_path / "a.toml", Outer).name == "仰卧"


def test_what_is_no_text_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(InputError, match=r"a\.toml is not a text file in UTF-8"):
        read_tables(tmp_path / "a.toml", Outer)
    with pytest.raises(InputError, match=r"cannot read .*b\.toml: No such file"):
        read_tables(tmp_path / "b.toml", Outer)


def test_names_and_near_misses(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "push-up"\naliases = ["press-up"]')

    def load(path: Path) -> Outer:
        return read_tables(path, Outer)

    assert find_named("exercise", "Press up", tmp_path, load).name == "push-up"
    with pytest.raises(InputError, match=r"no exercise 'pushhup'.*from push-up; did you mean"):
        find_named("exercise", "pushhup", tmp_path, load)
