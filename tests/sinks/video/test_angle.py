"""Which angle is drawn, and where."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.exercise.definition import find_exercise
from edge_app.exercise.parameters import ParameterReader
from edge_app.sinks.video.angle import AngleFinder, draw_arc, draw_degrees, main_angle
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


def drawn(finder: AngleFinder, pose: Pose) -> np.ndarray:
    """Which pixels change: (rows, columns) bool."""
    image = np.full((240, 320, 3), 128, np.uint8)
    angle = finder.find(pose, points_of(pose))
    if angle is not None:
        draw_arc(image, angle, 4)
        draw_degrees(image, angle, 4)
    return (image != 128).any(-1)


def test_the_angle_is_the_counters() -> None:
    pose = sitting(2)
    found = AngleFinder("hip_deg").find(pose, points_of(pose))
    assert found is not None
    assert found.degrees == pytest.approx(ParameterReader().read(pose)["hip_deg"], abs=0.1)


def test_the_arc_lies_between_the_limbs() -> None:
    rows, columns = np.nonzero(drawn(AngleFinder("hip_deg"), sitting(2)))
    assert len(rows) and rows.max() < 195 and columns.max() < 185  # hip at (170, 190)


@pytest.mark.parametrize("parameter", [None, "elbow_deg", "hip_deg"])
def test_without_the_joints_nothing_is_found(parameter: str | None) -> None:
    assert AngleFinder(parameter).find(Pose.nobody(0.0), {}) is None


def test_joints_in_one_place_have_no_angle() -> None:
    pose = sitting(2)
    pose.xy[:] = 100
    assert AngleFinder("hip_deg").find(pose, points_of(pose)) is None


def test_a_limb_that_points_at_the_camera_has_no_arc() -> None:
    pose = sitting(0.1)
    angle = AngleFinder("hip_deg").find(pose, points_of(pose))
    image = np.full((240, 320, 3), 128, np.uint8)
    assert angle is not None
    draw_arc(image, angle, 4)
    assert (image == 128).all()


def test_it_changes_sides_only_for_one_that_is_clearly_better_seen() -> None:
    finder, pose = AngleFinder("hip_deg"), sitting(2)
    points = points_of(pose)
    for right, left in ((0.8, 0.8), (0.75, 0.85), (0.5, 0.85), (0.6, 0.5)):
        for name, index in INDEX.items():
            pose.score[index] = left if name.startswith("left") else right
        angle = finder.find(pose, points)
        assert angle is not None
        side = "left" if right == 0.5 or left == 0.5 else "right"
        assert angle.vertex == points[f"{side}_hip"]


def test_it_may_reach_out_of_the_picture() -> None:
    assert drawn(AngleFinder("hip_deg"), sitting(4, (-250, -300))).shape == (240, 320)
