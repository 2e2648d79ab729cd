"""Exercises on the feet or from a bar as postures over depth, (frames,) from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.gym.arms import arms, bone_heads
from models.gym.exercises import sole
from models.gym.limbs import SIDES, Limb, turn
from models.gym.moves.reach import ELBOW_OUT, aimed, both, feet_at, hands_at, leaning, posed
from models.gym.student import Posture, Student
from models.gym.upright import hip_height, leg_length, swinging_legs


@dataclass(frozen=True)
class Lunge:
    """One student's lunge."""

    lead: str  # the side that steps, "L" or "R"
    way: float  # 1 forward, -1 backward
    stride: float  # in leg lengths
    split: bool  # the feet stay apart between repetitions
    lean_deg: float
    hands: str

    def posture(self, student: Student, depth: np.ndarray) -> Posture:
        """From standing, or from the split, to the back knee near the floor."""
        long, ankle = leg_length(student), sole(student)
        go = np.ones_like(depth) if self.split else np.clip(depth / 0.6, 0, 1)
        go = go * go * (3 - 2 * go)
        low = depth if self.split else np.clip((depth - 0.3) / 0.7, 0, 1)
        half = self.stride * long * go / 2
        height = np.minimum(np.sqrt((0.99 * long) ** 2 - half**2), long * (0.99 - 0.47 * low))
        turns = leaning(self.lean_deg * low, 0.3 * self.lean_deg * low, -self.lean_deg * low)
        posture = posed(turns, len(depth), ankle + height - hip_height(student))
        posture.root[:, 1] = -self.way * half
        ankles = {}
        for side, sign in SIDES.items():
            steps = side == self.lead
            ahead = steps == (self.way > 0)
            ankles[side] = np.zeros((len(depth), 3))
            ankles[side][:, 0] = sign * 0.09 * long / 0.8
            ankles[side][:, 1] = -self.way * 2 * half * steps
            lift = 0.12 * np.sin(np.pi * go) * steps + (0 if ahead else 0.09) * go
            ankles[side][:, 2] = ankle + lift * long / 0.8
        turns |= feet_at(student, turns, posture.root, ankles, np.array([0.1, -1.0, -0.2]))
        if self.hands == "down":
            way = np.tile([0.15, 0.0, -1.0], (len(depth), 1))
            turns |= aimed(student, turns, {s: way * [x, 1, 1] for s, x in SIDES.items()}, 0.1)
        else:
            turns |= arms(student.figure, turns, posture.root, self.hands, 0 * depth)
        return posture


def jumping_jack(
    student: Student, depth: np.ndarray, spread_deg: float, arms_deg: float, hop_m: float
) -> Posture:
    """Feet together and arms down, to feet apart and arms up; a hop in between.

    The root's height is that of the hop; who puts the figure on the floor adds it.
    """
    hop = 4 * depth * (1 - depth)
    turns = leaning(2 + 0 * depth, 2 * hop, 0 * depth)
    knee = 14 * (1 - hop)
    turns |= swinging_legs(turns, both(0.5 * knee), both(knee),
                           both(3 + (spread_deg - 3) * depth))  # fmt: skip
    angle = np.radians(10 + (arms_deg - 10) * depth)
    way = np.stack([np.sin(angle), 0 * depth - 0.08, -np.cos(angle)], 1)
    ways = {side: way * [sign, 1, 1] for side, sign in SIDES.items()}
    turns |= aimed(student, turns, ways, 0.12 + 0.1 * hop, 24 * depth)
    return posed(turns, len(depth), hop_m * hop)


def rope_skip(
    student: Student, phase: np.ndarray, hop_m: float, knee_deg: float, hands: np.ndarray,
    circle_m: float,
) -> Posture:  # fmt: skip
    """Both feet: landing with soft knees at phase 0, the top of the hop at pi.

    Args:
        phase: (frames,) radians; the rope turns once in 2 pi.
        hands: (3,) of the left wrist from its hip, metres.
        circle_m: radius of the wrists' circles.

    The root's height is that of the hop, as for a jumping jack.
    """
    depth = (1 - np.cos(phase)) / 2
    bend = knee_deg * np.clip(1 - depth / 0.35, 0, 1) + 4
    turns = leaning(3 + 0.15 * bend, 3 + 0 * depth, -4 + 0 * depth)
    turns |= swinging_legs(turns, both(0.5 * bend), both(bend),
                           both(2 + 0 * depth))  # fmt: skip
    root = np.zeros((len(phase), 3))
    root[:, 2] = hop_m * np.clip((depth - 0.2) / 0.8, 0, 1)
    heads, wrists = bone_heads(student.figure, turns, root), {}
    for side, sign in SIDES.items():
        circle = np.stack([0.3 * np.cos(phase), -np.sin(phase), np.cos(phase)], 1) * circle_m
        at = heads[f"upperleg01.{side}"] + (hands + circle) * [sign, 1, 1]
        wrists[side] = at
    turns |= hands_at(student, turns, root, wrists, np.array([0.5, 1.0, -0.5]))
    return Posture(turns, root)


def pull_up(
    student: Student, depth: np.ndarray, wide: float, tuck_deg: float, lean_deg: float
) -> Posture:
    """From hanging with straight arms to the chin over the bar, which stays at (0, 0, 2.2) m."""
    figure = student.figure
    turns = leaning(lean_deg - 6 * depth, -2 + 0 * depth, -10 * depth)
    knee, hip = tuck_deg + 6 * depth, 0.35 * tuck_deg + 3
    turns |= swinging_legs(turns, both(hip + 4 * depth), both(knee),
                           both(2 + 0 * depth))  # fmt: skip
    chest = turns["spine01"]
    for side, sign in SIDES.items():
        turns[f"clavicle.{side}"] = chest @ turn("y", -sign * (26 - 14 * depth))
    root = np.zeros((len(depth), 3))
    shoulders = bone_heads(figure, turns, root)
    shoulder, reach = shoulders["upperarm01.L"], Limb.arm(figure, "L").reach
    out = wide * shoulder[0, 0]
    rise = np.sqrt((0.98 * reach) ** 2 - (out - shoulder[0, 0]) ** 2) * (1 - 0.82 * depth)
    root[:, 1] = -shoulder[:, 1] + 0.05 + 0.12 * depth
    root[:, 2] = 2.2 - shoulder[:, 2] - rise
    grips = {side: np.tile([sign * out, 0.0, 2.2], (len(depth), 1)) for side, sign in SIDES.items()}
    turns |= hands_at(student, turns, root, grips, np.array([0.8, -0.4, -1.0]))
    return Posture(turns, root)


def curl(
    student: Student, depth: dict[str, np.ndarray], straight_deg: float, shut_deg: float,
    swing_deg: float,
) -> Posture:  # fmt: skip
    """Standing, the elbows bend: `depth` of each side.

    Args:
        straight_deg, shut_deg: the elbow's inner angle at rest and at the turn.
        swing_deg: how far the upper arm comes forward.
    """
    frames = len(depth["L"])
    turns = leaning(np.full(frames, 2.0), np.full(frames, 2.0), np.zeros(frames))
    zero = np.zeros(frames)
    turns |= swinging_legs(turns, both(zero + 1), both(zero + 4),
                           both(zero + 6))  # fmt: skip
    root = np.zeros((frames, 3))
    heads, wrists = bone_heads(student.figure, turns, root), {}
    for side, sign in SIDES.items():
        arm = Limb.arm(student.figure, side)
        upper = np.radians(swing_deg * depth[side])
        fore = upper + np.radians(180 - straight_deg + (straight_deg - shut_deg) * depth[side])
        along = [
            np.stack([0.12 * sign + 0 * angle, -np.sin(angle), -np.cos(angle)], 1)
            for angle in (upper, fore)
        ]
        at = heads[f"upperarm01.{side}"] + along[0] * arm.lengths[0] + along[1] * arm.lengths[1]
        wrists[side] = at
    turns |= hands_at(student, turns, root, wrists, np.array([0.25, 0.5, -1.0]))
    return Posture(turns, root)


def standing(student: Student, frames: int, arms_out: float, elbow_bend: float) -> Posture:
    """Upright, the arms hanging."""
    zero = np.zeros(frames)
    turns = leaning(zero + 2, zero + 2, zero)
    turns |= swinging_legs(turns, both(zero + 1), both(zero + 3),
                           both(zero + 4))  # fmt: skip
    way = np.tile([arms_out, -0.05, -1.0], (frames, 1))
    ways = {side: way * [sign, 1, 1] for side, sign in SIDES.items()}
    return posed(turns | aimed(student, turns, ways, elbow_bend, elbow=ELBOW_OUT), frames)
