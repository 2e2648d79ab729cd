"""Which angle is drawn, and where."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.exercise.definition import find_exercise
from edge_app.sinks.video.angle import AngleArc, main_angle
from edge_app.sinks.video.skeleton import points_of
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.sinks.video.making import sitting


@pytest.mark.parametrize(
    ("exercise", "angle"),
    [
        ("sit-up", "hip_deg"),
        ("squat", "knee_deg"),
        ("push-up", "elbow_deg"),
        ("jumping jack", "shoulder_deg"),
        ("plank", None),  # a hold has no signal
    ],
)
def test_the_angle_is_that_of_the_first_component(exercise: str, angle: str | None) -> None:
    assert main_angle(find_exercise(exercise)) == angle


def drawn(arc: AngleArc, pose: Pose) -> np.ndarray:
    """Which pixels change: (rows, columns) bool."""
    image = np.full((240, 320, 3), 128, np.uint8)
    arc.draw(image, pose, points_of(pose), 4)
    return (image != 128).any(-1)


def test_the_arc_lies_between_the_limbs() -> None:
    changed = drawn(AngleArc("hip_deg"), sitting(2))
    rows, columns = np.nonzero(changed)
    assert changed.any()
    assert rows.max() < 195 and columns.max() < 185  # hip at (170, 190), opening up and left


@pytest.mark.parametrize("parameter", [None, "elbow_deg", "hip_deg"])
def test_without_the_joints_nothing_is_drawn(parameter: str | None) -> None:
    assert not drawn(AngleArc(parameter), Pose.nobody(0.0)).any()


def test_joints_in_one_place_have_no_angle() -> None:
    pose = sitting(2)
    pose.xy[:] = 100
    assert not drawn(AngleArc("hip_deg"), pose).any()


def test_it_changes_sides_only_for_one_that_is_clearly_better_seen() -> None:
    arc, pose = AngleArc("hip_deg"), sitting(2)
    for name, index in INDEX.items():
        pose.xy[index, 0] += 60 if name.startswith("left") else 0
    right = drawn(arc, pose)
    for name, index in INDEX.items():
        pose.score[index] = 0.75 if name.startswith("right") else 0.85
    assert (drawn(arc, pose) == right).all()
    for name, index in INDEX.items():
        pose.score[index] = 0.5 if name.startswith("right") else 0.85
    left = drawn(arc, pose)
    assert np.nonzero(left)[1].min() > np.nonzero(right)[1].min() + 40


def test_it_may_reach_out_of_the_picture() -> None:
    assert drawn(AngleArc("hip_deg"), sitting(4, (-250, -300))).shape == (240, 320)
