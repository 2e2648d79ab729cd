"""Parameters of hand-made poses."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from edge_app.exercise.parameters import PARAMETERS, ParameterReader
from edge_app.sinks.track import load_track
from edge_app.skeleton import INDEX, OPENPOSE_MIRROR
from edge_app.values import Pose
from tests.exercise.stick_figure import push_up, sit_up, squat

TRACKS = Path(__file__).parents[1] / "data" / "tracks"


def test_a_standing_person():
    values = ParameterReader().read(squat(0.0, 0.0))
    assert values["trunk_deg"] == pytest.approx(0, abs=3)
    assert values["trunk_rise"] == pytest.approx(1.0, abs=0.1)
    assert values["hip_rise"] == pytest.approx(1.65, abs=0.15)
    assert values["knee_deg"] > 160


def test_a_lying_person():
    values = ParameterReader().read(sit_up(0.0, 0.0))
    assert values["trunk_deg"] == pytest.approx(88, abs=3)
    assert values["trunk_rise"] == pytest.approx(0.0, abs=0.1)
    assert values["wrist_at_hip_deg"] == pytest.approx(0, abs=3)
    assert values["ankle_reach"] == pytest.approx(1.05, abs=0.1)


def test_nothing_depends_on_place_or_size():
    small, large = squat(0.6, 0.0), squat(0.6, 0.0)
    large = Pose(large.xy * 2.5 + 40, large.score, 0.0)
    a, b = ParameterReader().read(small), ParameterReader().read(large)
    assert a == pytest.approx(b, abs=1e-3, nan_ok=True)


def test_a_missing_joint_gives_nan_where_it_is_needed_and_only_there():
    pose = squat(0.0, 0.0)
    score = pose.score.copy()
    score[[INDEX["right_ankle"], INDEX["left_ankle"]]] = 0
    values = ParameterReader().read(Pose(pose.xy, score, 0.0))
    assert math.isnan(values["knee_deg"]) and math.isnan(values["leg_spread"])
    assert not math.isnan(values["thigh_rise"])


@pytest.mark.parametrize(("score", "judged"), [(0.24, False), (0.26, True)])
def test_hands_are_judged_only_where_they_are_seen_clearly(score: float, judged: bool):
    pose = sit_up(0.5, 0.0)
    seen = pose.score.copy()
    seen[[INDEX["right_wrist"], INDEX["left_wrist"]]] = score
    values = ParameterReader().read(Pose(pose.xy, seen, 0.0))
    assert [not math.isnan(values[n]) for n in ("wrist_ear", "wrist_at_hip_deg")] == [judged] * 2
    assert not math.isnan(values["wrist_rise"]), "posture and counting take what they can get"


def test_nobody():
    values = ParameterReader().read(Pose.nobody(0.0))
    assert set(values) == set(PARAMETERS)
    assert all(math.isnan(value) for value in values.values())


def test_the_side_changes_only_when_the_other_is_better_for_a_while():
    reader = ParameterReader()

    def elbow(t_s: float, right: float, left: float) -> float:
        pose = squat(0.0, t_s)
        xy, score = pose.xy.copy(), pose.score.copy()
        # the right arm is straight, the left bent at a right angle
        xy[[2, 3, 4]] = [(0, 0), (50, 0), (100, 0)]
        xy[[5, 6, 7]] = [(0, 0), (50, 0), (50, 50)]
        score[[2, 3, 4]], score[[5, 6, 7]] = right, left
        return reader.read(Pose(xy, score, t_s))["elbow_deg"]

    assert elbow(0.0, 0.9, 0.3) == pytest.approx(180, abs=0.1)
    assert elbow(0.1, 0.5, 0.9) == pytest.approx(180, abs=0.1)  # one frame does not switch
    for i in range(20):
        last = elbow(0.2 + i / 10, 0.4, 0.9)
    assert last == pytest.approx(90, abs=0.1)


@pytest.mark.parametrize("turned_deg", [0, 25, 60])
def test_even_shoulders_have_no_twist_from_any_side(turned_deg):
    """The hips' line is two thirds of the shoulders', and both turn together in the picture."""
    pose = squat(0.0, 0.0)
    xy = pose.xy.copy()
    along = 30 * np.array([np.cos(np.radians(turned_deg)), 0.2])
    for joint, width in (("shoulder", 1.5), ("hip", 1.0)):
        middle = (xy[INDEX[f"right_{joint}"]] + xy[INDEX[f"left_{joint}"]]) / 2
        xy[INDEX[f"right_{joint}"]] = middle - width * along / 2
        xy[INDEX[f"left_{joint}"]] = middle + width * along / 2
    assert read("shoulder_twist", xy, pose) == pytest.approx(0, abs=0.02)
    xy[INDEX["right_shoulder"]] += (-40, 0)
    assert read("shoulder_twist", xy, pose) > 0.3


@pytest.mark.parametrize("mirror", [1, -1])
def test_hips_that_sag_and_hips_that_pike(mirror):
    pose = push_up(0.0, 0.0)
    straight = pose.xy * np.float32([mirror, 1])
    assert read("hip_sag", straight, pose) == pytest.approx(0, abs=0.03)
    for name in ("right_hip", "left_hip"):
        straight[INDEX[name]] += (0, 20)  # down in the picture
    assert read("hip_sag", straight, pose) == pytest.approx(0.2, abs=0.05)
    for name in ("right_hip", "left_hip"):
        straight[INDEX[name]] -= (0, 50)
    assert read("hip_sag", straight, pose) == pytest.approx(-0.3, abs=0.06)


def read(name: str, xy: np.ndarray, pose: Pose) -> float:
    return ParameterReader().read(Pose(xy, pose.score, 0.0))[name]


@pytest.mark.parametrize("path", sorted(TRACKS.glob("*.npz")), ids=lambda path: path.stem)
def test_a_mirror_image_has_the_same_parameters(path: Path):
    one, other = ParameterReader(), ParameterReader()
    untie = np.linspace(1.0, 1.001, 18, dtype=np.float32)  # stored scores are rounded
    for stored in load_track(path):
        pose = Pose(stored.xy, stored.score * untie, stored.t_s)
        xy = (pose.xy * np.float32([-1, 1]))[OPENPOSE_MIRROR]
        mirrored = Pose(xy, pose.score[OPENPOSE_MIRROR], pose.t_s)
        assert other.read(mirrored) == pytest.approx(one.read(pose), abs=1e-9, nan_ok=True)
