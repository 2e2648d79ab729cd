"""Stick figures that do exercises, for the tests: poses in pixels from a few joint angles."""

from __future__ import annotations

from typing import Callable

import numpy as np

from edge_app.skeleton import INDEX, OPENPOSE_MIRROR
from edge_app.values import Pose

TORSO, THIGH, SHIN, UPPER_ARM, FOREARM = 1.0, 0.85, 0.82, 0.6, 0.5
DEPTH = 0.08  # how far the far side shows beside the near one


def direction(deg: float) -> np.ndarray:
    """Unit vector, 0° to the right, 90° up."""
    return np.array([np.cos(np.radians(deg)), np.sin(np.radians(deg))])


def fold(start, end, first: float, second: float, side: int) -> np.ndarray:
    """The middle joint of a two-segment limb from `start` to `end`, bent to one side."""
    line = np.asarray(end) - start
    reach = min(np.hypot(*line), 0.999 * (first + second))
    along = (first**2 - second**2 + reach**2) / (2 * reach)
    unit = line / np.hypot(*line)
    out = np.sqrt(max(0.0, first**2 - along**2))
    return start + along * unit + side * out * np.array([-unit[1], unit[0]])


def figure(hip, shoulder, elbow, wrist, knee, ankle, t_s, torso_px=100.0) -> Pose:
    """A Pose from side-view points in torso lengths, y up; the far side is a little displaced."""
    head = shoulder + 0.3 * (shoulder - hip) / np.hypot(*(shoulder - hip))
    xy, score = np.zeros((18, 2)), np.ones(18)
    for side, shift in (("right", 0.0), ("left", DEPTH)):
        points = {
            "shoulder": shoulder, "elbow": elbow, "wrist": wrist, "hip": hip, "knee": knee,
            "ankle": ankle, "eye": head, "ear": head,
        }  # fmt: skip
        for name, point in points.items():
            xy[INDEX[f"{side}_{name}"]] = point + np.array([shift, shift])
    xy[INDEX["nose"]] = head
    xy[INDEX["neck"]] = shoulder + DEPTH / 2
    pixels = np.array([320.0, 400.0]) + xy * (torso_px, -torso_px)
    return Pose(pixels.astype(np.float32), score.astype(np.float32), t_s)


def sit_up(progress: float, t_s: float, hands_at_head: bool = True) -> Pose:
    hip, ankle = np.zeros(2), np.array([1.05, 0.0])
    knee = fold(hip, ankle, THIGH, SHIN, 1)
    shoulder = direction(178 - 100 * progress) * TORSO
    wrist = shoulder * 1.25 if hands_at_head else np.array([0.9, 0.55])
    return figure(hip, shoulder, fold(shoulder, wrist, 0.4, 0.4, 1), wrist, knee, ankle, t_s)


def squat(progress: float, t_s: float) -> Pose:
    ankle = np.zeros(2)
    hip = np.array([-0.55 * progress, 1.65 - 0.9 * progress])
    knee = fold(hip, ankle, THIGH, SHIN, 1)
    shoulder = hip + direction(90 - 35 * progress) * TORSO
    wrist = shoulder + np.array([0.9, 0.0])
    return figure(hip, shoulder, fold(shoulder, wrist, 0.6, 0.5, 1), wrist, knee, ankle, t_s)


def push_up(progress: float, t_s: float) -> Pose:
    ankle, wrist = np.array([-2.5, 0.0]), np.zeros(2)
    body = direction(23 - 13 * progress)
    shoulder = ankle + body * 2.65
    hip = ankle + body * 1.65
    knee = ankle + body * 0.82
    elbow = fold(shoulder, wrist, UPPER_ARM, FOREARM, -1)
    return figure(hip, shoulder, elbow, wrist, knee, ankle, t_s)


def pull_up(progress: float, t_s: float, highest: float = 0.25) -> Pose:
    """Up to the bar; at the top the hands are `highest` torso lengths below the shoulders."""
    wrist = np.array([0.0, 3.0])
    shoulder = wrist + np.array([-0.15, (1.0 + highest) * progress - 1.0])
    hip = shoulder - np.array([0.0, TORSO])
    knee, ankle = hip - np.array([0.0, THIGH]), hip - np.array([0.0, THIGH + SHIN])
    return figure(hip, shoulder, fold(shoulder, wrist, 0.6, 0.5, 1), wrist, knee, ankle, t_s)


def walk(t_s: float) -> Pose:
    """A person who strides through the picture, seen from the side."""
    swing = 25 * np.sin(2 * np.pi * t_s)
    hip = np.array([-3 + 0.8 * t_s, 1.6])
    shoulder = hip + np.array([0.05, 1.0])
    legs = [direction(-90 + swing), direction(-90 - swing)]
    arms = [direction(-90 - swing), direction(-90 + swing)]
    pose = figure(hip, shoulder, shoulder, shoulder, hip, hip, t_s)
    xy = pose.xy.copy()
    for side, leg, arm in zip(("right", "left"), legs, arms):
        for name, origin, way, length in (
            ("knee", hip, leg, THIGH), ("ankle", hip, leg, THIGH + SHIN),
            ("elbow", shoulder, arm, UPPER_ARM), ("wrist", shoulder, arm, UPPER_ARM + FOREARM),
        ):  # fmt: skip
            point = origin + way * length
            xy[INDEX[f"{side}_{name}"]] = (320 + 100 * point[0], 400 - 100 * point[1])
    return Pose(xy, pose.score, t_s)


def disturb(poses: list[Pose], seed: int, torso_px: float = 100.0) -> list[Pose]:
    """Our network's usual faults: 4 % jitter, 5 % lost joints, 3 % left and right swapped.

    A low-pass of 60 ms stands for the smoothing that comes before the counter.
    """
    random = np.random.default_rng(seed)
    out: list[Pose] = []
    for pose in poses:
        xy = pose.xy + random.normal(0, 0.04 * torso_px, pose.xy.shape)
        score = np.where(random.random(18) < 0.05, 0.0, pose.score)
        if random.random() < 0.03:
            xy, score = xy[OPENPOSE_MIRROR], score[OPENPOSE_MIRROR]
        if out:
            share = np.exp(-(pose.t_s - out[-1].t_s) / 0.06)
            both = ((score > 0) & (out[-1].score > 0))[:, None]
            xy = np.where(both, share * out[-1].xy + (1 - share) * xy, xy)
        out.append(Pose(xy.astype(np.float32), score.astype(np.float32), pose.t_s))
    return out


def movement(t_s: float, n: int, period_s: float = 2.5, start_s: float = 1.0) -> float:
    """Progress of n repetitions of 80 % of the period, then rest."""
    i, phase = divmod((t_s - start_s) / period_s, 1.0)
    if t_s < start_s or i >= n or phase > 0.8:
        return 0.0
    return float((1 - np.cos(2 * np.pi * phase / 0.8)) / 2)


FPS = 20.0


def clip(done: Callable[[float, float], Pose], reps: int, seconds: float) -> list[Pose]:
    times_s = np.arange(0, seconds, 1 / FPS).tolist()
    return [done(movement(t_s, reps), t_s) for t_s in times_s]


def toe_touch(progress: float, t_s: float) -> Pose:
    """An exercise that no file describes: straight legs, the trunk bends down and comes up."""
    hip, ankle = np.array([0.0, 1.65]), np.zeros(2)
    shoulder = hip + direction(90 - 130 * progress) * TORSO
    wrist = shoulder + np.array([0.05, -1.05])
    elbow = (shoulder + wrist) / 2
    return figure(hip, shoulder, elbow, wrist, hip / 2, ankle, t_s)
