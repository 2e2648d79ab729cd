"""Files and lines that a counted clip leaves behind."""

from __future__ import annotations

import io
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.exercise.rep import Penalty, Reason, Rep
from edge_app.files import whole_file
from edge_app.session.attempt import Attempt
from edge_app.session.protocol import free_practice
from edge_app.sinks.document import CocoResult, JsonResult, rep_line, write_csv
from edge_app.sinks.track import load_track, save_track
from edge_app.values import Frame, Pose

GOOD = Rep(1, 0.5, 1.0, 1.75, 0.9, True, (), Penalty(0.1, {"hands": 0.1}, 1.0), {"hip_deg": 60.0})
BAD = Rep(
    2, 2.0, 2.5, 3.0, 0.0, False, (Reason("incomplete", "Not high enough."),),
    Penalty(0.0, {}, 1.0), {"hip_deg": math.nan},
)  # fmt: skip


def attempt() -> Attempt:
    """One good and one bad repetition under free practice."""
    both = Attempt(free_practice("sit-up"), 0.0)
    for rep in (GOOD, BAD):
        both.add(rep)
    return both


def pose(t_s: float) -> Pose:
    return Pose(np.full((18, 2), 12.345, np.float32), np.full(18, 0.5, np.float32), t_s)


def test_json_is_valid_and_has_everything() -> None:
    file = io.StringIO()
    document = JsonResult(file, "a.mp4", "sit-up", "free practice", "pose.onnx")
    document.add(pose(0.0), 0.25, {"hip_deg": 90.0, "elbow_deg": math.nan})
    document.add(Pose.nobody(0.04), math.nan, {})
    document.close(attempt())
    read = json.loads(file.getvalue())
    assert read["count"] == 1 and read["ended"] == "" and len(read["frames"]) == 2
    assert read["frames"][0]["parameters"] == {"hip_deg": 90.0, "elbow_deg": None}
    assert read["frames"][1]["progress"] is None
    assert len(read["frames"][0]["pose"]) == 3 * len(read["keypoints"]) == 54
    assert [r["counted"] for r in read["repetitions"]] == [True, False]
    assert read["repetitions"][1]["reasons"][0]["code"] == "incomplete"


def test_json_of_an_empty_clip_is_valid() -> None:
    file = io.StringIO()
    JsonResult(file, "a.mp4", "sit-up", "free practice", "pose.onnx").close(None)
    assert json.loads(file.getvalue())["repetitions"] == []


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_coco_results_are_a_list_of_the_frames_with_somebody(seen: int) -> None:
    file = io.StringIO()
    result = CocoResult(file)
    image = np.zeros((4, 4, 3), np.uint8)
    for number in range(4):
        there = pose(number) if number < seen else Pose.nobody(number)
        result.add(Frame(image, number, number), there)
    result.close()
    rows = json.loads(file.getvalue())
    assert [r["image_id"] for r in rows] == list(range(seen))
    assert all(len(r["keypoints"]) == 51 and r["category_id"] == 1 for r in rows)


def test_csv_has_one_row_a_repetition() -> None:
    file = io.StringIO(newline="")
    write_csv(file, attempt())
    rows = file.getvalue().splitlines()
    assert rows[0] == "number,counted,start_s,extreme_s,end_s,score,reasons"
    assert rows[2] == "2,False,2.0,2.5,3.0,0.0,incomplete"


def test_lines_say_score_or_reason() -> None:
    good, bad = (rep_line(verdict) for verdict in attempt().verdicts)
    assert "score 0.90" in good
    assert "REJECTED" in bad and "Not high enough." in bad


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


def test_a_track_comes_back(tmp_path: Path) -> None:
    save_track(tmp_path / "a.npz", [pose(0.0), Pose.nobody(0.1)])
    first, second = load_track(tmp_path / "a.npz")
    np.testing.assert_allclose(first.xy, 12.3, atol=1e-5)
    assert first.t_s == 0 and second.t_s == pytest.approx(0.1) and not second.score.any()


def test_a_broken_track_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_text("no")
    with pytest.raises(InputError, match="is not a pose track"):
        next(load_track(tmp_path / "a.npz"))
