"""Poses as COCO keypoint results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edge_app.sinks.coco import CocoSink
from edge_app.values import Pose
from tests.sinks.made import pose, result, update


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_coco_results_are_a_list_of_the_frames_with_somebody(tmp_path: Path, seen: int) -> None:
    path = tmp_path / "a.json"
    with CocoSink(path) as sink:
        for number in range(4):
            there = pose(number) if number < seen else Pose.nobody(number)
            sink.update(update(there, index=number))
        sink.finish(result(None))
    rows = json.loads(path.read_text())
    assert [r["image_id"] for r in rows] == list(range(seen))
    assert all(len(r["keypoints"]) == 51 and r["category_id"] == 1 for r in rows)
