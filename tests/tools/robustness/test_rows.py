"""Counts that outlive a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.tools.robustness.rows import Row, Rows

ONE = Row("counter 1", "a.mp4", "mirror image", 0, 4)
TWO = Row("counter 1", "a.mp4", "mirror image", 1, 5)


def test_rows_are_there_in_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    rows = Rows(path)
    assert rows.get(ONE.key) is None
    rows.add(ONE)
    rows.add(TWO)
    assert rows.get(ONE.key) == Rows(path).get(ONE.key) == ONE
    assert Rows(path).get(("counter 2", *ONE.key[1:])) is None


def test_a_row_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    Rows(path).add(ONE)
    Rows(path).add(TWO)
    path.write_text(path.read_text()[:-10])
    rows = Rows(path)
    assert (rows.get(ONE.key), rows.get(TWO.key)) == (ONE, None)
    rows.add(TWO)
    assert Rows(path).get(TWO.key) == TWO


@pytest.mark.parametrize("text", ["file,exercise\n", "no line", '{"a": 1}\n', "[1]\n"])
def test_another_file_is_refused_and_stays(text: str, tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_text(text)
    with pytest.raises(InputError, match="does not hold the rows"):
        Rows(path)
    assert path.read_text() == text


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        Rows(tmp_path / "no" / "rows").add(ONE)
