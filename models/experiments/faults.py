"""A scene's movement: the correct exercise, with the faults of its script at their times."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.experiments.script import STANDING, RepTruth, presence
from models.gym.arms import REACHES, Reach, Trunk, arms, blended, bone_heads, to_floor
from models.gym.exercises import (
    Habit,
    Slips,
    bent_trunk,
    push_up,
    sit_up,
    sole,
    squat,
    wrist_height,
)
from models.gym.limbs import SIDES, Limb, turn
from models.gym.student import Posture, Student

# From mild to gross; metres for a student whose straight leg is LEG_M long.
TWIST_DEG = (38, 60)
FEET_M = (0.14, 0.32)
SAG_M = (0.13, 0.20)
PIKE_M = (0.14, 0.30)
LEG_M = 0.8


def perform(
    student: Student, exercise: str, habit: Habit, reps: tuple[RepTruth, ...], t_s: np.ndarray,
    depth: np.ndarray, near: str,
) -> Posture:  # fmt: skip
    """The student over time.

    Args:
        t_s, depth: (frames,) times, and how far from rest.
        near: the side towards the camera, "L" or "R".
    """
    size = Limb.leg(student.figure, "L").reach / LEG_M
    if any(rep.fault == STANDING for rep in reps):
        return standing_sit_up(student, depth, habit)
    if exercise == "squat":
        return squat(student, depth, habit)
    if exercise == "push-up":
        sag = size * (graded(reps, t_s, "sag", SAG_M) - graded(reps, t_s, "pike", PIKE_M))
        return push_up(student, depth, habit, Slips(hips_m=sag * (1 - 0.5 * depth * (sag > 0))))
    way = 1 if near == "L" else -1
    slips = Slips(
        twist_deg=way * graded(reps, t_s, "unilateral", TWIST_DEG),
        feet_m=size * graded(reps, t_s, "feet", FEET_M),
        reach=hands_of(student, habit, reps, t_s, near),
    )
    return sit_up(student, depth, habit, slips)


def graded(
    reps: tuple[RepTruth, ...], t_s: np.ndarray, fault: str, limits: tuple[float, float]
) -> np.ndarray:
    """The size of a fault over time, between its mild and its gross form: like `t_s`."""
    size = np.zeros_like(t_s, dtype=np.float64)
    for rep in reps:
        if rep.fault == fault:
            size += (limits[0] + (limits[1] - limits[0]) * rep.amount) * presence(
                (rep,), t_s, fault
            )
    return size


def hands_of(
    student: Student, habit: Habit, reps: tuple[RepTruth, ...], t_s: np.ndarray, near: str
) -> Callable[[Trunk, str], Reach]:
    """Position of the hands: in place, on the floor, or swinging to the thighs."""
    floor_m = wrist_height(student)

    def reach(trunk: Trunk, side: str) -> Reach:
        own = ("both", "near" if side == near else "far")
        usual = REACHES[habit.hands](trunk, side)
        floor = np.sum([presence(reps, t_s, "support", which) for which in own], axis=0)
        swing = np.sum([presence(reps, t_s, "hands", which) for which in own], axis=0)
        usual = blended(usual, to_floor(trunk, side, floor_m), floor)
        return blended(usual, REACHES["thighs"](trunk, side), swing)

    return reach


def standing_sit_up(student: Student, depth: np.ndarray, habit: Habit) -> Posture:
    """Standing, the trunk bends forward and comes up again, as if it were a sit-up."""
    turns = bent_trunk(turn("x", 42 * depth), 34 * depth, 12 * depth)
    legs = {side: Limb.leg(student.figure, side) for side in SIDES}
    hip = student.figure.joint("upperleg01.L") - student.figure.joint("root")
    root = np.zeros((len(depth), 3))
    root[:, 1] = 0.18 * legs["L"].reach * depth
    root[:, 2] = sole(student) + legs["L"].reach * (0.985 - 0.03 * depth) - hip[2]
    heads = bone_heads(student.figure, turns, root)
    for side, sign in SIDES.items():
        ankle = np.tile([sign * 0.12 * habit.width, hip[1], sole(student)], (len(depth), 1))
        turns |= legs[side].solve(heads[f"upperleg01.{side}"], ankle, np.array([0, -1.0, 0]))
        turns[f"foot.{side}"] = np.broadcast_to(np.eye(3), (len(depth), 3, 3))
    turns |= arms(student.figure, turns, root, habit.hands, depth)
    return Posture(turns, root)
