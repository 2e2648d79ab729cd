"""Which arms are a signal and which are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from edge_app.session.gesture import RaisedArm
from edge_app.sinks.track import load_track
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.exercise.stick_figure import sit_up, squat


def arms(t_s: float, right: float, left: float) -> Pose:
    """Standing, each wrist so many torso lengths (100 px) above its shoulder."""
    pose = squat(0.0, t_s)
    xy = pose.xy.copy()
    for side, up in (("right", right), ("left", left)):
        xy[INDEX[f"{side}_wrist"]] = xy[INDEX[f"{side}_shoulder"]] + np.array([5, -100 * up])
    return replace(pose, xy=xy)


def told(poses: list[Pose]) -> list[float]:
    arm = RaisedArm()
    return [round(p.t_s, 1) for p in poses if arm.update(p)]


TIMES = [n / 15 for n in range(75)]  # five seconds


@pytest.mark.parametrize(
    ("poses", "at"),
    [
        ([arms(t, 1.0, -0.9) for t in TIMES], [2.0]),  # held: told once
        ([arms(t, -0.9, 1.0) for t in TIMES], [2.0]),
        ([arms(t, 1.0 if t < 1.8 else -0.9, -0.9) for t in TIMES], []),  # not long enough
        ([arms(t, 1.0, 1.0) for t in TIMES], []),  # both: a jumping jack, a pull-up
        ([arms(t, 0.2, -0.9) for t in TIMES], []),  # a hand at the head
        ([arms(t, 0.9 + 0.4 * np.sin(6 * t), -0.9) for t in TIMES], []),  # waving
        ([arms(t, 1.0 if t < 2.2 or t > 2.6 else -0.9, -0.9) for t in TIMES], [2.0, 4.7]),
        ([sit_up(0.0, t) for t in TIMES], []),
        ([sit_up(1.0, t) for t in TIMES], []),
    ],
)
def test_which_arms_are_a_signal(poses: list[Pose], at: list[float]) -> None:
    assert told(poses) == pytest.approx(at, abs=0.11)


def test_nobody_signals_while_exercising(data: Path) -> None:
    for track in (data / "tracks").glob("*.npz"):
        assert told(list(load_track(track))) == [], track.stem
