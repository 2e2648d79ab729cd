"""What must hold for every movement: invariances of the count, and no pose breaks the counter."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("hypothesis", reason="needs the extra `test`")

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import find_exercise
from edge_app.skeleton import OPENPOSE_MIRROR
from edge_app.values import Pose
from tests.exercise.stick_figure import movement, push_up, sit_up, squat

FIGURES = {"sit-up": sit_up, "push-up": push_up, "squat": squat}
REPS = 3
few = settings(max_examples=12, deadline=None, derandomize=True)
names = st.sampled_from(sorted(FIGURES))


def track(name: str, fps: float = 15.0) -> list[Pose]:
    times = np.arange(0, 2 + 2.5 * REPS, 1 / fps)
    return [FIGURES[name](movement(t, REPS), float(t)) for t in times]


def count(name: str, poses: list[Pose]) -> int:
    counter = RepCounter(find_exercise(name))
    for pose in poses:
        counter.update(pose)
    counter.finish()
    return counter.count


@few
@given(names, st.floats(-1e4, 1e6))
def test_the_hour_does_not_matter(name: str, shift_s: float) -> None:
    assert count(name, [Pose(p.xy, p.score, p.t_s + shift_s) for p in track(name)]) == REPS


@few
@given(names, st.floats(0.1, 8.0), st.floats(-500, 500), st.booleans())
def test_size_place_and_side_do_not_matter(
    name: str, scale: float, offset_px: float, mirrored: bool
) -> None:
    poses = []
    for p in track(name):
        xy, score = p.xy * np.float32(scale) + np.float32(offset_px), p.score
        if mirrored:
            xy, score = (xy * np.float32([-1, 1]))[OPENPOSE_MIRROR], score[OPENPOSE_MIRROR]
        poses.append(Pose(xy, score, p.t_s))
    assert count(name, poses) == REPS


@few
@given(names, st.floats(9, 60), st.integers(0, 2**31))
def test_frame_rate_and_a_fifth_of_the_frames_do_not_matter(
    name: str, fps: float, seed: int
) -> None:
    kept = np.random.default_rng(seed).random(2000) > 0.2
    assert count(name, [p for p, keep in zip(track(name, fps), kept) if keep]) == REPS


@few
@given(names, st.integers(0, 2**31))
def test_joints_that_are_always_a_little_off_do_not_matter(name: str, seed: int) -> None:
    """2 % of the torso: what another body, or another network's idea of a joint, differs by."""
    error = np.random.default_rng(seed).normal(0, 2.0, (18, 2)).astype(np.float32)
    assert count(name, [Pose(p.xy + error, p.score, p.t_s) for p in track(name)]) == REPS


@settings(max_examples=40, deadline=None, derandomize=True)
@given(names, st.integers(0, 2**31), st.floats(1e-3, 3.0), st.sampled_from([0.0, 0.5, 1.0]))
def test_no_poses_break_the_counter(name: str, seed: int, step_s: float, missing: float) -> None:
    rng = np.random.default_rng(seed)
    counter, t_s, last = RepCounter(find_exercise(name)), 0.0, 0
    for _ in range(200):
        t_s += float(rng.uniform(1e-4, step_s))
        xy = rng.choice([0.0, 1.0, 1e3, 1e6]) * rng.normal(0, 1, (18, 2))
        score = rng.uniform(0, 1, 18) * (rng.random(18) >= missing)
        reps = counter.update(Pose(xy.astype(np.float32), score.astype(np.float32), t_s))
        assert counter.count == last + sum(r.counted for r in reps)
        assert all(r.start_s <= r.extreme_s <= r.end_s <= t_s for r in reps)
        last = counter.count
    assert len(counter.finish()) <= 1
