"""Output files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator

import pytest

from edge_app.errors import InputError
from edge_app.files import make_private, whole_file


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


@pytest.fixture
def open_umask() -> Iterator[None]:
    """Whoever starts the program lets everybody read and write what it makes."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_private_file_is_private_whatever_the_umask(tmp_path: Path, open_umask: None) -> None:
    target = tmp_path / "a.json"
    left = tmp_path / ".a.part.json"  # of a write that the power cut off
    left.touch(mode=0o666)
    with whole_file(target, private=True) as beside:
        assert beside == left and mode(beside) == 0o600
    assert mode(target) == 0o600
    with whole_file(tmp_path / "b.csv"):
        pass
    assert mode(tmp_path / "b.csv") == 0o666


def test_what_others_could_read_is_made_private(tmp_path: Path, open_umask: None) -> None:
    path, folder = tmp_path / "a", tmp_path / "folder"
    path.touch()
    folder.mkdir()
    make_private(path, folder, tmp_path / "none")
    assert (mode(path), mode(folder)) == (0o600, 0o700)


def test_what_belongs_to_somebody_else_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_umask: None
) -> None:
    path = tmp_path / "a"
    path.touch()

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refused)
    make_private(path)
    assert mode(path) == 0o666


def test_a_device_and_a_name_that_is_none_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody names /dev/zero as a ledger, as root."""
    changed: list[Path] = []
    monkeypatch.setattr(Path, "chmod", lambda path, mode: changed.append(path))
    make_private(Path("/dev/zero"), Path("x" * 300), Path("a\0b"))
    assert changed == []
