"""The JSON of a counted clip."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from edge_app.sinks.document import JsonSink, read_document
from edge_app.values import Pose
from tests.sinks.made import attempt, pose, result, update


def written(path: Path) -> JsonSink:
    return JsonSink(path, "a.mp4", "sit-up", "free practice", "pose.onnx")


def test_json_is_valid_and_has_everything(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with written(path) as document:
        document.update(update(pose(0.0), 0.25, {"hip_deg": 90.0, "elbow_deg": math.nan}))
        document.update(update(Pose.nobody(0.04), math.nan, {}))
        document.finish(result(attempt()))
    read = json.loads(path.read_text())
    assert read["count"] == 1 and read["ended"] == "" and len(read["frames"]) == 2
    assert read["frames"][0]["parameters"] == {"hip_deg": 90.0, "elbow_deg": None}
    assert read["frames"][1]["progress"] is None
    assert len(read["frames"][0]["pose"]) == 3 * len(read["keypoints"]) == 54
    assert [r["counted"] for r in read["repetitions"]] == [True, False]
    assert read["repetitions"][1]["reasons"][0]["code"] == "incomplete"
    assert "sets" not in read and "damage" not in read


def test_what_was_written_is_read(tmp_path: Path) -> None:
    with written(tmp_path / "a.json") as document:
        document.update(update(pose(0.0)))
        document.finish(result(attempt()))
    read = read_document(tmp_path / "a.json")
    assert (read.exercise, read.protocol) == ("sit-up", "free practice")
    assert read.poses[0].xy[0, 0] == pytest.approx(12.345)


def test_json_of_an_empty_clip_is_valid(tmp_path: Path) -> None:
    with written(tmp_path / "a.json") as document:
        document.finish(result(None))
    assert json.loads((tmp_path / "a.json").read_text())["repetitions"] == []


def test_the_sets_of_an_exercise_that_was_not_given(tmp_path: Path) -> None:
    path, found = tmp_path / "a.json", [("squat", 5), ("push-up", 6)]
    with JsonSink(path, "a.mp4", "auto", "free practice", "pose.onnx", sets=lambda: found) as made:
        made.update(update(pose(0.0)))
        made.finish(result(attempt()))
    sets = json.loads(path.read_text())["sets"]
    assert sets == [{"exercise": "squat", "count": 5}, {"exercise": "push-up", "count": 6}]
    assert read_document(path).exercise == "auto"


def test_a_document_that_breaks_off_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), written(tmp_path / "a.json") as document:
        document.update(update(pose(0.0)))
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
