"""Poses, signals and verdicts to draw."""

from __future__ import annotations

import numpy as np

from edge_app.exercise.rep import Penalty, Reason, Rep, Signal, Thresholds
from edge_app.pipeline.update import Update
from edge_app.session.attempt import Verdict
from edge_app.session.events import Judged
from edge_app.skeleton import INDEX
from edge_app.values import Frame, Pose

LOW = Reason("incomplete", "Not high enough: bring your chest to your thighs.")


def sitting(scale: float = 1.0, move: tuple[float, float] = (0.0, 0.0), t_s: float = 0.0) -> Pose:
    """Somebody who sits with bent knees, seen from the right, about 100 pixels high."""
    xy = np.zeros((18, 2), np.float32)
    for name, place in {
        "nose": (60, 15), "neck": (80, 35), "shoulder": (80, 36), "elbow": (60, 55),
        "wrist": (75, 40), "hip": (85, 95), "knee": (45, 60), "ankle": (15, 98), "eye": (62, 12),
        "ear": (70, 12),
    }.items():  # fmt: skip
        for full in (name, f"right_{name}", f"left_{name}"):
            if full in INDEX:
                xy[INDEX[full]] = np.array(place) + (4 if full.startswith("left") else 0)
    return Pose(xy * scale + np.array(move, np.float32), np.full(18, 0.8, np.float32), t_s)


def signal(t_s: float, progress: float = 0.5) -> Signal:
    return Signal(t_s, progress, Thresholds(rest=0.0, returned=0.4, reached=0.55))


def verdict(number: int, *reasons: Reason, counted: bool = True, extreme_s: float = 1.0) -> Verdict:
    rep = Rep(
        number, extreme_s - 1, extreme_s, extreme_s + 1, 1.0, counted, reasons,
        Penalty(0.0, {}, 1.0), {},
    )  # fmt: skip
    return Verdict(rep, counted, False, number, reasons)


def update(
    pose: Pose, *said: Verdict, score: int = 1, size: tuple[int, int] = (640, 360), grey: int = 90
) -> Update:
    """What the loop says of one frame; `size` is width and height."""
    frame = Frame(np.full((size[1], size[0], 3), grey, np.uint8), pose.t_s, 0)
    events = tuple(Judged(verdict, 0) for verdict in said)
    return Update(1, frame, pose, signal(pose.t_s), {}, score, events)
