"""Manifests of clips, and what a wrong row answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.tools.manifest import UNNAMED, Clip, read_manifest


def test_a_manifest_is_read_relative_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(
        "file,exercise,count,count_min,count_max,rep_times\n"
        "clips/a.mp4,squat,3,2,4,0.5-1.5;2.0-3.25\nb.mp4,negative,0,,,\n"
    )
    first, second = read_manifest(path)
    assert first == Clip(tmp_path / "clips/a.mp4", "squat", 2, 4, ((0.5, 1.5), (2.0, 3.25)))
    assert (second.lowest, second.highest, second.times) == (0, 0, ())


def test_columns_for_people_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("file,exercise,count,note\na.mp4,squat,3,blue mat\n", encoding="utf-8-sig")
    assert [clip.highest for clip in read_manifest(path)] == [3]


def test_makers_kinds_and_the_makers_tuned_on(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(
        "file,exercise,count,maker,repo,notes\n"
        "a.mp4,squat,3,,ann/one,walking; is no kind of a squat\n"
        "b.mp4,negative,0,bob,bob/two,sit_stand; HARD on a chair\n"
        "c.mp4,negative,0,,ann/one,a woman walks; she waves\n"
        "d.mp4,negative,0,,,\n"
    )
    clips = read_manifest(path, tuned_first=1)
    assert [clip.maker for clip in clips] == ["ann/one", "bob", "ann/one", ""]
    assert [clip.kind for clip in clips[1:]] == ["sit_stand", UNNAMED, UNNAMED]
    assert [clip.tuned for clip in clips] == [True, False, True, False]
    assert not any(clip.tuned for clip in read_manifest(path))


def test_clips_without_a_maker_are_not_one_maker(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("file,exercise,count\na.mp4,squat,3\nb.mp4,squat,3\n")
    assert [clip.tuned for clip in read_manifest(path, tuned_first=1)] == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,exercise,count\na.mp4,squat,three\n", "line 2: 'count' must be a whole number of"),
        ("name,exercise,count\na.mp4,squat,3\n", "line 2: missing key 'file'"),
        ("file,exercise,count,rep_times\na.mp4,squat,3,1.0\n", "line 2: missing key 'rep_times"),
        ("file,exercise,count,rep_times\na.mp4,squat,3,1-x\n", "'rep_times[0][1]' must be a num"),
        (
            "file,exercise,count,count_min,count_max\na.mp4,squat,3,4,2\n",
            "count_min 4 is above count_max 2",
        ),
        ("file,exercise,count\na.mp4,squat,3\nb.mp4,squat,-1\n", "line 3: 'count' must be at lea"),
        ("file,exercise,count\n", "has no rows"),
    ],
)
def test_a_broken_manifest_is_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "m.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_manifest(path)
    assert said in str(caught.value)
    assert "m.csv" in str(caught.value)


def test_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_manifest(tmp_path / "m.csv")
