"""Output files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.files import whole_file


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    with pytest.raises(ZeroDivisionError), whole_file(target) as beside:
        beside.write_text("half")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with whole_file(target) as beside:
        beside.write_text("whole")
    assert target.read_text() == "whole" and len(list(tmp_path.iterdir())) == 1


def test_an_old_file_survives_a_failure(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), whole_file(target) as beside:
        beside.write_text("new")
        raise ZeroDivisionError
    assert target.read_text() == "old"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write"), whole_file(tmp_path / "no" / "a.json"):
        pass


def test_a_folder_in_the_way_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(InputError, match="cannot write"), whole_file(tmp_path / "a.json"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_the_content_is_on_the_disk_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power may be cut at any moment."""
    done = []

    def fsync(handle: int) -> None:
        done.append(f"sync {Path(os.readlink(f'/proc/self/fd/{handle}')).name}")

    def replace(old: Path, new: Path) -> None:
        done.append(f"name {new.name}")
        old.rename(new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    with whole_file(tmp_path / "a.json") as beside:
        beside.write_text("whole")
    assert done == ["sync .a.part.json", "name a.json", f"sync {tmp_path.name}"]
