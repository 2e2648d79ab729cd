"""Arms and legs that reach for points, over many frames: the parts of a moving posture."""

from __future__ import annotations

import numpy as np

from models.gym.arms import bone_heads
from models.gym.exercises import bent_trunk
from models.gym.limbs import SIDES, Limb, turn, unit
from models.gym.student import Posture, Student

ELBOW_OUT = np.array([0.8, 0.5, -0.2])
Sides = dict[str, np.ndarray]


def both(angle_deg: np.ndarray | float) -> dict[str, np.ndarray | float]:
    """The same angle on both sides."""
    return dict.fromkeys(SIDES, angle_deg)


def leaning(lean_deg: np.ndarray, curl_deg: np.ndarray, neck_deg: np.ndarray) -> Sides:
    """Turns of pelvis, spine and head; (frames,) degrees forward, the lean from upright."""
    return bent_trunk(turn("x", lean_deg), curl_deg, neck_deg)


def feet_at(
    student: Student, turns: Sides, root: np.ndarray, ankles: Sides, knees: np.ndarray
) -> Sides:
    """Turns of legs whose ankles are at (frames, 3), the left knee towards `knees` (3,)."""
    heads = bone_heads(student.figure, turns, root)
    out: Sides = {}
    for side, sign in SIDES.items():
        pole = knees * np.array([sign, 1.0, 1.0])
        leg = Limb.leg(student.figure, side)
        out |= leg.solve(heads[f"upperleg01.{side}"], ankles[side], pole)
    return out


def hands_at(
    student: Student, turns: Sides, root: np.ndarray, wrists: Sides, elbow: np.ndarray = ELBOW_OUT
) -> Sides:
    """Turns of arms whose wrists are at (frames, 3), the left elbow towards `elbow` (3,)."""
    heads = bone_heads(student.figure, turns, root)
    out: Sides = {}
    for side, sign in SIDES.items():
        pole = turns["spine01"] @ (elbow * np.array([sign, 1.0, 1.0]))
        arm = Limb.arm(student.figure, side)
        out |= arm.solve(heads[f"upperarm01.{side}"], wrists[side], pole)
    return out


def aimed(
    student: Student, turns: Sides, ways: Sides, bend: np.ndarray | float,
    lift_deg: np.ndarray | float = 0.0, elbow: np.ndarray = ELBOW_OUT,
) -> Sides:  # fmt: skip
    """Turns of collar bones and arms that point along `ways` (frames, 3), seen from the chest.

    Args:
        bend: 0 is a straight arm, 1 brings the wrist half the way back.
        lift_deg: of the collar bones.
    """
    chest = turns["spine01"]
    root = np.zeros((len(chest), 3))
    out = {f"clavicle.{s}": chest @ turn("y", -sign * lift_deg) for s, sign in SIDES.items()}
    heads, wrists = bone_heads(student.figure, {**turns, **out}, root), {}
    for side in SIDES:
        length = Limb.arm(student.figure, side).reach * (0.98 - 0.5 * np.asarray(bend))
        towards = np.einsum("fij,fj->fi", chest, unit(ways[side]))
        wrists[side] = heads[f"upperarm01.{side}"] + towards * np.reshape(length, (-1, 1))
    return out | hands_at(student, {**turns, **out}, root, wrists, elbow)


def posed(turns: Sides, frames: int, height_m: np.ndarray | float = 0.0) -> Posture:
    """A posture over the origin."""
    root = np.zeros((frames, 3))
    root[:, 2] = height_m
    return Posture(turns, root)
