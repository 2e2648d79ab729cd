"""Exercises on the floor as postures over depth, (frames,) from 0 to 1; heads towards +y or -y."""

from __future__ import annotations

import numpy as np

from models.gym.arms import bone_heads
from models.gym.exercises import Habit, push_up, sit_up, straight_on_toes, wrist_height
from models.gym.limbs import SIDES
from models.gym.moves.joints import Skeleton, grounded
from models.gym.moves.path import DEPTH, Path, chain
from models.gym.moves.reach import aimed, both, hands_at, leaning, posed
from models.gym.student import Posture, Student
from models.gym.upright import swinging_legs

LEVEL_SHINS = (90.0, 85.0)  # crunch: degrees at hip and knee with the shins held level


def v_sit_up(
    student: Student, depth: np.ndarray, trunk_deg: float, legs_deg: float, knee_deg: float
) -> Posture:
    """From flat with the arms overhead to trunk and legs up, the hands towards the feet.

    Args:
        trunk_deg, legs_deg: how far trunk and legs rise from the floor.
        knee_deg: bend of the knees at the turn.
    """
    pelvis = -89 + trunk_deg * depth
    turns = leaning(pelvis, 28 * depth, 3 + 10 * depth)
    hip = legs_deg * depth + 90 + pelvis
    turns |= swinging_legs(turns, both(hip + 0.5 * knee_deg * depth),
                           both(knee_deg * depth + 3),
                           both(3 + 0 * depth))  # fmt: skip
    angle = np.radians(170 - 95 * depth)  # from overhead to in front of the chest
    way = np.stack([0.12 + 0 * depth, -np.sin(angle), -np.cos(angle)], 1)
    ways = {side: way * [sign, 1, 1] for side, sign in SIDES.items()}
    turns |= aimed(student, turns, ways, 0.05, 20 * (1 - depth))
    return posed(turns, len(depth))


def crunch(
    student: Student, depth: np.ndarray, habit: Habit, height: float, level: bool
) -> Posture:
    """Only the shoulders rise, by `height` of a sit-up; the shins are level or the feet stand."""
    posture = sit_up(student, height * depth, habit)
    if not level:
        return posture
    still = 0 * depth
    legs = swinging_legs(dict(posture.turns), both(LEVEL_SHINS[0] + still),
                         both(LEVEL_SHINS[1] + still),
                         both(4 + still))  # fmt: skip
    return Posture({**posture.turns, **legs}, posture.root)


def hand_release(skeleton: Skeleton, habit: Habit, lift_m: float, out: float) -> Path:
    """A push-up down to the floor, where both hands leave it; the turn is their highest point.

    Args:
        lift_m: how high the wrists rise.
        out: 0 lifts them beside the chest, 1 stretches the arms to the sides.
    """
    student = skeleton.student
    pressed = skeleton(push_up(student, np.array([0.0, 0.4, 1.0]), habit))
    flat = straight_on_toes(student, np.array([1.0]))
    turns, heads = dict(flat.turns), bone_heads(student.figure, flat.turns, flat.root)
    lifted = {}
    for lift in (0.0, lift_m):
        wrists = {}
        for side, sign in SIDES.items():
            at = heads[f"upperarm01.{side}"].copy()
            wide = 0.08 * habit.width + 0.3 * out * (lift > 0)
            at += np.array([sign * wide, 0.06 - 0.1 * out * (lift > 0), 0])
            at[:, 2] = wrist_height(student) + lift
            wrists[side] = at
        elbows = np.array([0.7, 0.7, -0.6]) if lift == 0 else np.array([0.9, 0.4, -0.4])
        arms = hands_at(student, turns, flat.root, wrists, elbows)
        lifted[lift] = grounded(skeleton(Posture(turns | arms, flat.root)))
    down = lifted[0.0] - lifted[0.0][:, [9, 10]].mean(1) * [1, 1, 0]
    high = lifted[lift_m] - lifted[0.0][:, [9, 10]].mean(1) * [1, 1, 0]
    hands = pressed[:1, [9, 10]].mean(1) * [1, 1, 0]
    poses = [pressed[0:1], pressed[1:2], pressed[2:3], down + hands, high + hands]
    joints = chain(DEPTH, [0, 0.3, 0.65, 0.82, 1], poses)
    return Path.to_and_fro(joints)
