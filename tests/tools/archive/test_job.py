"""Which clips an archive has, and when one counts as counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.tools.archive.job import Job, attempt_id, clips_in

SQUATS = Job(exercise="squat", protocol=None)


def test_clips_below_a_folder(tmp_path: Path) -> None:
    for name in ("b.MP4", "a/c.mov", "a/notes.txt", ".a.part.mp4", ".trash/d.mp4"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    assert clips_in(tmp_path) == [tmp_path / "a/c.mov", tmp_path / "b.MP4"]


def test_a_folder_without_clips(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no clips below"):
        clips_in(tmp_path)
    with pytest.raises(InputError, match="not a folder"):
        clips_in(tmp_path / "gone")


@pytest.mark.parametrize(
    "other",
    [
        replace(SQUATS, exercise="push-up"),
        replace(SQUATS, exercise="auto"),
        replace(SQUATS, exercise=None, protocol="china-sit-up"),
        replace(SQUATS, model="accurate"),
        replace(SQUATS, program="0.0.0"),
    ],
)
def test_what_a_count_depends_on_makes_another_mark(other: Job) -> None:
    assert other.mark() != SQUATS.mark()


def test_what_it_does_not_depend_on(tmp_path: Path) -> None:
    assert replace(SQUATS, threads=4).mark() == SQUATS.mark()


def test_a_clip_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    one, copy, other, longer = (tmp_path / f"{n}.mp4" for n in "abcd")
    body = bytes(range(256)) * 16384  # 4 MiB
    one.write_bytes(body)
    copy.write_bytes(body)
    other.write_bytes(body[:-1] + b"\0")
    longer.write_bytes(body + body[:256])
    ids = [attempt_id(path, "mark") for path in (one, copy, other, longer)]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert attempt_id(one, "another mark") != ids[0]
    with pytest.raises(InputError, match="cannot read"):
        attempt_id(tmp_path / "gone.mp4", "mark")
