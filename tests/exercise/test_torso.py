"""The torso's length: foreshortened, with a joint astray, and of another person."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edge_app.exercise.parameters import ParameterReader
from edge_app.exercise.torso import TorsoLength
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.exercise.stick_figure import squat


def measure(torso: TorsoLength, pose: Pose, t_s: float) -> float:
    return torso.update(pose.xy.tolist(), pose.score.tolist(), t_s)


def test_a_standing_person_has_a_torso_of_its_length() -> None:
    assert measure(TorsoLength(), squat(0.0, 0.0), 0.0) == pytest.approx(100, rel=0.1)


def test_nobody_has_none() -> None:
    assert math.isnan(measure(TorsoLength(), Pose.nobody(0.0), 0.0))


def test_one_joint_astray_changes_little() -> None:
    pose, torso = squat(0.0, 0.0), TorsoLength()
    before = measure(torso, pose, 0.0)
    xy = pose.xy.copy()
    xy[INDEX["right_wrist"]] += 500
    assert measure(torso, Pose(xy, pose.score, 0.1), 0.1) < 1.1 * before


@pytest.mark.parametrize(("share", "least", "most"), [(0.5, 0.5, 0.75), (0.7, 0.85, 1.0)])
def test_a_fall_by_half_is_another_person_and_a_smaller_one_the_camera(
    share: float, least: float, most: float
) -> None:
    pose, torso = squat(0.0, 0.0), TorsoLength()
    before = measure(torso, pose, 0.0)
    small = Pose(np.float32(share) * pose.xy, pose.score, 0.0)
    found = [measure(torso, small, t_s) for t_s in np.arange(0, 3, 0.1).tolist()]
    assert least * before < found[-1] < most * before


def test_the_torso_length_survives_foreshortening():
    reader = ParameterReader()
    reader.read(squat(0.0, 0.0))
    towards = squat(0.0, 0.1)
    xy = towards.xy.copy()
    for name in ("nose", "neck", "right_shoulder", "left_shoulder"):
        hip = xy[INDEX["right_hip"]]
        xy[INDEX[name]] = hip + 0.3 * (xy[INDEX[name]] - hip)
    values = reader.read(Pose(xy, towards.score, 0.1))
    assert values["hip_rise"] == pytest.approx(1.65, abs=0.15)
