"""Whether the body fits the exercise: conditions that hold for a moment, joints that are seen."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from edge_app.exercise.definition import Posture, find_exercise
from edge_app.exercise.posture import PostureGate, all_visible, visible
from edge_app.skeleton import INDEX
from edge_app.values import Pose

LYING = Posture("trunk_deg", min=60.0)
AT_REST = Posture("wrist_rise", max=0.0, when="rest")


def pose(t_s: float, hidden: tuple[str, ...] = ()) -> Pose:
    score = np.ones(18, np.float32)
    score[[INDEX[name] for name in hidden]] = 0
    return Pose(np.zeros((18, 2), np.float32), score, t_s)


def gate(*postures: Posture) -> PostureGate:
    exercise = replace(find_exercise("sit-up"), posture=postures, keypoints=("hip", "nose"))
    return PostureGate(exercise)


def test_a_condition_must_hold_most_of_the_last_moments() -> None:
    lies = gate(LYING)
    assert lies.update(pose(0.0), {"trunk_deg": 90.0}, resting=True)
    assert lies.update(pose(0.1), {"trunk_deg": 10.0}, resting=True)  # one bad pose
    answers = [lies.update(pose(n / 10), {"trunk_deg": 10.0}, resting=True) for n in range(2, 12)]
    assert not answers[-1]


def test_somebody_who_stood_a_moment_ago_must_lie_for_a_while() -> None:
    floor = gate(Posture("trunk_deg", min=60.0, again_s=1.5))
    assert floor.update(pose(0.0), {"trunk_deg": 90.0}, resting=True)
    for n in range(1, 11):
        stands = floor.update(pose(n / 10), {"trunk_deg": 0.0}, resting=True)
    assert not stands
    answers = {n: floor.update(pose(1 + n / 10), {"trunk_deg": 90.0}, True) for n in range(1, 40)}
    assert not answers[10] and answers[30]


def test_a_missing_parameter_decides_nothing() -> None:
    lies = gate(LYING)
    assert lies.update(pose(0.0), {"trunk_deg": math.nan}, resting=True)
    assert not lies.update(pose(0.1), {"trunk_deg": 0.0}, resting=True)
    assert not lies.update(pose(9.0), {"trunk_deg": math.nan}, resting=True)


def test_a_condition_at_rest_is_looked_at_only_then() -> None:
    hands = gate(AT_REST)
    assert hands.update(pose(0.0), {"wrist_rise": 1.0}, resting=False)
    assert not hands.update(pose(0.1), {"wrist_rise": 1.0}, resting=True)


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [((), True), (("left_hip",), True), (("left_hip", "right_hip"), False), (("nose",), False)],
)
def test_one_side_of_a_joint_is_enough(hidden: tuple[str, ...], seen: bool) -> None:
    assert gate().update(pose(0.0, hidden), {}, resting=True) is seen
    assert all_visible(pose(0.0, hidden), ("hip", "nose")) is seen
    assert visible(pose(0.0, hidden), "hip") is not ("right_hip" in hidden)
