"""Poses at even times."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.exercise.resample import LONGEST_STEP_S, RATE_HZ, Resampler
from edge_app.values import Pose


def at(t_s: float, x: float, score: float = 1.0) -> Pose:
    return Pose(np.full((18, 2), x, np.float32), np.full(18, score, np.float32), t_s)


def even(poses: list[Pose]) -> list[Pose]:
    stage = Resampler()
    return [p for pose in poses for p in stage.update(pose)]


@pytest.mark.parametrize("fps", [9.0, 15.0, 24.0, 30.0, 60.0])
def test_a_steady_movement_is_the_same_at_any_rate(fps: float) -> None:
    got = even([at(5 + i / fps, 100.0 * i / fps) for i in range(int(2 * fps) + 1)])
    times_s = np.array([p.t_s for p in got])
    assert len(got) in (60, 61)
    np.testing.assert_allclose(np.diff(times_s), 1 / RATE_HZ, atol=1e-9)
    np.testing.assert_allclose([p.xy[0, 0] for p in got], 100 * (times_s - 5), atol=1e-3)


def test_a_joint_seen_once_stays_with_its_picture() -> None:
    there, gone = at(0.0, 10.0), at(0.3, 0.0, score=0.0)
    scores = [float(p.score[0]) for p in even([there, gone])]
    assert scores[:5] == [1.0] * 5
    assert scores[5:] == [0.0] * (len(scores) - 5)


def test_nothing_is_made_up_in_a_long_gap() -> None:
    got = even([at(0.0, 0.0), at(0.01 + LONGEST_STEP_S, 50.0), at(0.21 + LONGEST_STEP_S, 50.0)])
    times_s = [p.t_s for p in got]
    assert times_s[:2] == [0.0, 0.01 + LONGEST_STEP_S]
    assert len(times_s) == 8
