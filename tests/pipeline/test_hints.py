"""Explanations of a count of nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge_app.pipeline.build import StoredTrack, rules_of
from edge_app.pipeline.hints import hint
from edge_app.pipeline.run import run
from edge_app.sinks.track import load_track
from edge_app.values import Pose

SIZE_PX = (720, 1280)
TRACKS = {
    "squat": "squat__luizfcharry__2.npz",
    "push-up": "pushup__luizfcharry__2.npz",
    "sit-up": "situp__Sumukh0504__1.npz",
}


def turned(poses: list[Pose], rotate_deg: int) -> list[Pose]:
    """As a camera sees it that is turned counter-clockwise by this much."""
    height, width = SIZE_PX
    for _ in range((360 - rotate_deg) % 360 // 90):
        poses = [
            replace(p, xy=np.stack([height - 1 - p.xy[:, 1], p.xy[:, 0]], axis=1)) for p in poses
        ]
        height, width = width, height
    return poses


def said(exercise: str, poses: list[Pose], size_px: tuple[int, int] = SIZE_PX) -> tuple[int, str]:
    rules, track = rules_of(exercise), StoredTrack(poses)
    (result,) = run(track, [rules.lane(track.estimate)])
    return result.score, hint(rules, poses, result.score, size_px)


@pytest.mark.parametrize(
    ("name", "rotate_deg", "words"),
    [
        ("squat", 180, "upside down"),
        ("squat", 90, "turned to the left"),
        ("squat", 270, "turned to the right"),
        ("push-up", 180, "upside down"),
        ("push-up", 90, "turned to the left"),
        ("push-up", 270, "turned to the right"),
        ("sit-up", 180, "upside down"),
    ],
)
def test_a_turned_picture(name: str, rotate_deg: int, words: str, data: Path) -> None:
    poses = turned(track_of(data, name), rotate_deg)
    size_px = SIZE_PX if rotate_deg == 180 else SIZE_PX[::-1]
    score, sentence = said(name, poses, size_px)
    assert score <= 1
    assert sentence == f"the picture seems to be {words}: --rotate {rotate_deg}"


@pytest.mark.parametrize("exercise", ["push-up", "sit-up", "crunch"])
def test_squats_are_no_floor_exercise(exercise: str, data: Path) -> None:
    assert said(exercise, track_of(data, "squat")) == (
        0, f"this looks like squats, not {exercise}{'es' if exercise == 'crunch' else 's'}"
    )  # fmt: skip


@pytest.mark.parametrize("name", ["squat", "push-up", "sit-up"])
def test_a_count_needs_no_explanation(name: str, data: Path) -> None:
    score, sentence = said(name, track_of(data, name))
    assert score >= 5 and sentence == ""


def test_nobody_there_is_not_explained() -> None:
    assert said("squat", [Pose.nobody(n / 10) for n in range(200)]) == (0, "")
    assert said("squat", []) == (0, "")


def track_of(data: Path, name: str) -> list[Pose]:
    return list(load_track(data / "tracks" / TRACKS[name]))
