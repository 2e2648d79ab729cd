"""The body must move and come back: tables of ways and whole tracks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import EXERCISES_DIR, Travel, find_exercise, load_exercise
from edge_app.exercise.displacement import Displacement
from edge_app.exercise.rep import Interval
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.exercise.stick_figure import movement, push_up, squat

TORSO_PX = 100.0
RULE = Travel("shoulder", min=0.3, max=2.0, back=0.5)
SHOULDERS = [INDEX["left_shoulder"], INDEX["right_shoulder"]]


def interval(complete: bool = True) -> Interval:
    return Interval(1.0, 2.0, 3.0, rest=0.0, peak=1.0, complete=complete, floor=0.0)


@pytest.mark.parametrize(
    ("heights", "complete", "moved"),
    [
        ([0.0, 0.5, 0.0], True, True),  # down and back
        ([0.0, 0.2, 0.0], True, False),  # arms waved, shoulders still
        ([0.0, 0.2, 0.0], False, True),  # half a repetition needs half the way
        ([0.0, 0.1, 0.0], False, False),
        ([0.0, 0.5, 0.4], True, False),  # walked on: not back
        ([0.0, 0.5, 0.2], True, True),  # settles a little elsewhere
        ([0.0, 2.5, 0.0], True, False),  # went somewhere and came back
        ([0.0, None, 0.0], True, True),  # hardly seen: decides nothing
    ],
)
def test_ways(heights: list[float | None], complete: bool, moved: bool) -> None:
    places = Displacement((RULE,))
    for t_s, height in zip((1.0, 2.0, 3.0), heights):
        xy, score = np.zeros((18, 2), np.float32), np.zeros(18, np.float32)
        if height is not None:
            xy[SHOULDERS, 1], score[SHOULDERS] = height * TORSO_PX, 1.0
        places.add(Pose(xy, score, t_s), TORSO_PX)
    assert places.moved(interval(complete)) is moved


def test_only_what_lies_in_the_interval_counts() -> None:
    places = Displacement((RULE,))
    for t_s, height in ((0.5, 3.0), (1.0, 0.0), (2.0, 0.5), (3.0, 0.0), (3.5, 4.0)):
        xy = np.full((18, 2), height * TORSO_PX, np.float32)
        places.add(Pose(xy, np.ones(18, np.float32), t_s), TORSO_PX)
    assert places.moved(interval())


def test_between_pictures_the_body_goes_on() -> None:
    places = Displacement((RULE,))
    for t_s, height in ((0.9, 0.0), (1.1, 0.3), (2.0, 0.5), (2.9, 0.0)):
        xy = np.full((18, 2), height * TORSO_PX, np.float32)
        places.add(Pose(xy, np.ones(18, np.float32), t_s), TORSO_PX)
    assert places.moved(interval())  # at 1.0 it was at 0.15, not yet at 0.3


def test_only_the_way_up_and_down_may_count() -> None:
    places = Displacement((Travel("shoulder", min=0.3, along="height"),))
    aside = Displacement((Travel("shoulder", min=0.3),))
    for t_s, x in ((1.0, 0.0), (2.0, 0.5), (3.0, 0.0)):
        xy = np.tile(np.float32([x * TORSO_PX, 0]), (18, 1))
        for each in (places, aside):
            each.add(Pose(xy, np.ones(18, np.float32), t_s), TORSO_PX)
    assert aside.moved(interval())
    assert not places.moved(interval())


def test_who_comes_nearer_does_no_repetition() -> None:
    places = Displacement((RULE,))
    for t_s, height, torso_px in ((1.0, 0.0, 50.0), (2.0, 0.5, 75.0), (3.0, 0.0, 100.0)):
        xy = np.full((18, 2), height * 80.0, np.float32)
        places.add(Pose(xy, np.ones(18, np.float32), t_s), torso_px)
    assert not places.moved(interval())


def test_memory_is_bounded() -> None:
    places = Displacement((RULE,))
    for frame in range(60 * 120):
        places.add(Pose(np.zeros((18, 2)), np.ones(18), frame / 120), TORSO_PX)
    assert len(places._seen) <= 500


def count(name: str, poses: list[Pose]) -> int:
    counter = RepCounter(find_exercise(name))
    for pose in poses:
        counter.update(pose)
    counter.finish()
    return counter.count


def gesture(pose: Pose, still: Pose) -> Pose:
    """Only elbows and wrists move; the rest of the body keeps still."""
    xy = still.xy.copy()
    arms = [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("elbow", "wrist")]
    shoulder = INDEX["right_shoulder"]
    xy[arms] = pose.xy[arms] + still.xy[shoulder] - pose.xy[shoulder]
    return Pose(xy, pose.score, pose.t_s)


def test_bending_the_arms_alone_is_no_push_up() -> None:
    times = np.arange(0, 14, 1 / 15)
    whole = [push_up(movement(t, 5), float(t)) for t in times]
    assert count("push-up", whole) == 5
    assert count("push-up", [gesture(p, whole[0]) for p in whole]) == 0


def test_squats_of_somebody_who_strides_away_do_not_count() -> None:
    times = np.arange(0, 14, 1 / 15)
    poses = [squat(movement(t, 5), float(t)) for t in times]
    assert count("squat", poses) == 5
    strides = [Pose(p.xy + np.float32([80 * p.t_s, 0]), p.score, p.t_s) for p in poses]
    assert count("squat", strides) == 0


def test_a_joint_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    text = (EXERCISES_DIR / "squat.toml").read_text()
    path = tmp_path / "x.toml"
    path.write_text(text.replace('joint = "shoulder"', 'joint = "tail"'))
    with pytest.raises(InputError, match="'tail'"):
        load_exercise(path)


def test_a_repetition_that_noise_cuts_in_two_counts_once() -> None:
    """The arms straighten for a moment on the way: neither half comes back to where it began."""
    times = np.arange(0, 14, 1 / 15)
    poses = []
    for t in times:
        pose = push_up(movement(t, 5), float(t))
        if 6.5 < t < 6.75:  # on the way down of the third
            flat = push_up(0.0, float(t))
            arms = [INDEX[f"{s}_{j}"] for s in ("left", "right") for j in ("elbow", "wrist")]
            xy, top = pose.xy.copy(), INDEX["right_shoulder"]
            xy[arms] = flat.xy[arms] + pose.xy[top] - flat.xy[top]
            pose = Pose(xy, pose.score, pose.t_s)
        poses.append(pose)
    assert count("push-up", poses) == 5
