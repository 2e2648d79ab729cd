"""The body must move and come back: tables of positions and whole tracks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import (
    EXERCISES_DIR,
    DisplacementRule,
    find_exercise,
    load_exercise,
)
from edge_app.exercise.displacement import JOINED_S, Displacement, RoundTripFinder
from edge_app.exercise.rep import Interval
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.exercise.stick_figure import movement, push_up, squat

TORSO_PX = 100.0
RULE = DisplacementRule("shoulder", min=0.3, max=2.0, back=0.5)
SHOULDERS = [INDEX["left_shoulder"], INDEX["right_shoulder"]]


def interval(complete: bool = True) -> Interval:
    return Interval(1.0, 2.0, 3.0, rest=0.0, peak=1.0, complete=complete, floor=0.0)


@pytest.mark.parametrize(
    ("heights", "complete", "moved"),
    [
        ([0.0, 0.5, 0.0], True, True),  # down and back
        ([0.0, 0.2, 0.0], True, False),  # arms waved, shoulders still
        ([0.0, 0.2, 0.0], False, True),  # half a repetition needs half of it
        ([0.0, 0.1, 0.0], False, False),
        ([0.0, 0.5, 0.4], True, False),  # walked on: not back
        ([0.0, 0.5, 0.2], True, True),  # settles a little elsewhere
        ([0.0, 2.5, 0.0], True, False),  # went somewhere and came back
        ([0.0, None, 0.0], True, True),  # hardly seen: decides nothing
    ],
)
def test_displacements(heights: list[float | None], complete: bool, moved: bool) -> None:
    displacement = Displacement((RULE,))
    for t_s, height in zip((1.0, 2.0, 3.0), heights):
        xy, score = np.zeros((18, 2), np.float32), np.zeros(18, np.float32)
        if height is not None:
            xy[SHOULDERS, 1], score[SHOULDERS] = height * TORSO_PX, 1.0
        displacement.add(Pose(xy, score, t_s), TORSO_PX)
    assert displacement.moved(interval(complete)) is moved


def test_only_what_lies_in_the_interval_counts() -> None:
    displacement = Displacement((RULE,))
    for t_s, height in ((0.5, 3.0), (1.0, 0.0), (2.0, 0.5), (3.0, 0.0), (3.5, 4.0)):
        xy = np.full((18, 2), height * TORSO_PX, np.float32)
        displacement.add(Pose(xy, np.ones(18, np.float32), t_s), TORSO_PX)
    assert displacement.moved(interval())


def test_between_pictures_the_body_goes_on() -> None:
    displacement = Displacement((RULE,))
    for t_s, height in ((0.9, 0.0), (1.1, 0.3), (2.0, 0.5), (2.9, 0.0)):
        xy = np.full((18, 2), height * TORSO_PX, np.float32)
        displacement.add(Pose(xy, np.ones(18, np.float32), t_s), TORSO_PX)
    assert displacement.moved(interval())  # at 1.0 it was at 0.15, not yet at 0.3


def test_only_up_and_down_may_count() -> None:
    displacement = Displacement((DisplacementRule("shoulder", min=0.3, along="height"),))
    any_way = Displacement((DisplacementRule("shoulder", min=0.3),))
    for t_s, x in ((1.0, 0.0), (2.0, 0.5), (3.0, 0.0)):
        xy = np.tile(np.float32([x * TORSO_PX, 0]), (18, 1))
        for each in (displacement, any_way):
            each.add(Pose(xy, np.ones(18, np.float32), t_s), TORSO_PX)
    assert any_way.moved(interval())
    assert not displacement.moved(interval())


def test_who_comes_nearer_does_no_repetition() -> None:
    displacement = Displacement((RULE,))
    for t_s, height, torso_px in ((1.0, 0.0, 50.0), (2.0, 0.5, 75.0), (3.0, 0.0, 100.0)):
        xy = np.full((18, 2), height * 80.0, np.float32)
        displacement.add(Pose(xy, np.ones(18, np.float32), t_s), torso_px)
    assert not displacement.moved(interval())


def test_memory_is_bounded() -> None:
    displacement = Displacement((RULE,))
    for frame in range(60 * 120):
        displacement.add(Pose(np.zeros((18, 2)), np.ones(18), frame / 120), TORSO_PX)
    assert len(displacement._seen) <= 500


def finder(heights: list[tuple[float, float]]) -> RoundTripFinder:
    """Has seen squatting shoulders at these (t_s, height in torso lengths), rising from 0."""
    found = RoundTripFinder(find_exercise("squat"))
    for t_s in np.arange(0, heights[-1][0], 1 / 30).tolist():
        height = np.interp(t_s, *np.transpose(heights))
        xy = np.full((18, 2), [0.0, height * TORSO_PX], np.float32)
        found.add(Pose(xy, np.ones(18, np.float32), t_s), TORSO_PX)
    return found


def piece(start_s: float, extreme_s: float, end_s: float, **others: float) -> Interval:
    return Interval(start_s, extreme_s, end_s, 0.0, 1.0, complete=True, floor=0.0, **others)


def test_a_round_trip_is_the_interval_itself_or_ends_where_rest_was_near() -> None:
    found = finder([(0, 0), (1, 0), (2, 1), (3, 0), (3.5, 0.9), (5, 0.9)])
    assert found.find(piece(1.0, 2.0, 3.0)).interval == piece(1.0, 2.0, 3.0)
    walked_on = found.find(piece(1.0, 2.0, 3.5, near_s=2.9)).interval
    assert walked_on is not None and walked_on.end_s == 2.9


@pytest.mark.parametrize(("gap_s", "joined"), [(0.5 * JOINED_S, True), (2 * JOINED_S, False)])
def test_two_pieces_make_a_round_trip_if_they_follow_each_other(gap_s: float, joined: bool) -> None:
    found = finder([(0, 0), (1, 0), (2, 1), (2.5, 0.9), (3.5, 0), (5, 0)])
    assert found.find(piece(1.0, 2.0, 2.2)) == (None, False)
    whole = found.find(piece(2.2 + gap_s, 2.4 + gap_s, 3.5))
    assert whole.joined is joined
    if joined:
        assert whole.interval is not None
        assert (whole.interval.start_s, whole.interval.end_s) == (1.0, 3.5)


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
