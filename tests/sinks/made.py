"""A counted clip, made by hand."""

from __future__ import annotations

import math
from typing import Mapping

import numpy as np

from edge_app.exercise.rep import Penalty, Reason, Rep, Signal, Thresholds
from edge_app.pipeline.update import Result, Update
from edge_app.session.attempt import Attempt
from edge_app.session.protocol import free_practice
from edge_app.values import Frame, Pose

GOOD = Rep(1, 0.5, 1.0, 1.75, 0.9, True, (), Penalty(0.1, {"hands": 0.1}, 1.0), {"hip_deg": 60.0})
BAD = Rep(
    2, 2.0, 2.5, 3.0, 0.0, False, (Reason("incomplete", "Not high enough."),),
    Penalty(0.0, {}, 1.0), {"hip_deg": math.nan},
)  # fmt: skip


def attempt() -> Attempt:
    """One good and one bad repetition under free practice."""
    both = Attempt(free_practice("sit-up"), 0.0)
    for rep in (GOOD, BAD):
        both.add(rep)
    return both


def pose(t_s: float) -> Pose:
    return Pose(np.full((18, 2), 12.345, np.float32), np.full(18, 0.5, np.float32), t_s)


def update(
    pose: Pose,
    progress: float = 0.25,
    parameters: Mapping[str, float] | None = None,
    index: int = 0,
) -> Update:
    """What the loop says of one frame."""
    frame = Frame(np.zeros((4, 4, 3), np.uint8), pose.t_s, index)
    signal = Signal(pose.t_s, progress, Thresholds(0.0, 0.3, 0.7))
    return Update(1, frame, pose, signal, parameters or {}, 0, ())


def result(attempt: Attempt | None) -> Result:
    """What the loop says at the end."""
    return Result(1, attempt, (), 2, 1)
