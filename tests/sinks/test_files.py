"""A sink's file appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.sinks.files import FileSink


class Lines(FileSink):
    """A sink that writes what it is given."""

    def write(self, text: str) -> None:
        self._file.write(text)


def test_the_file_is_there_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with Lines(path) as sink:
        sink.write("仰卧起坐\n")
        assert not path.exists()
    assert path.read_text("utf-8") == "仰卧起坐\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_count_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), Lines(path) as sink:
        sink.write("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_line_ends_are_as_asked_for(tmp_path: Path) -> None:
    with Lines(tmp_path / "a.csv", newline="") as sink:
        sink.write("a\r\n")
    assert (tmp_path / "a.csv").read_bytes() == b"a\r\n"


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write"):
        Lines(tmp_path / "no" / "a.txt")
