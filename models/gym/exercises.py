"""Sit-ups, push-ups and squats as postures of one student; the floor is z = 0.

Lying students have the head towards +y, a push-up's head is towards -y, squatting students face -y.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.gym.arms import RAISED_DEG, REACHES, Reach, Trunk, arms, arms_to, bone_heads
from models.gym.body import Turns
from models.gym.limbs import SIDES, Limb, hand_turn, turn
from models.gym.student import Posture, Student

SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
LEAST_ELBOW_DEG = 68  # a push-up's lowest point
NECK = ("neck01", "neck02", "neck03", "head")
HANDS = {
    "sit-up": ("head", "head", "chest", "thighs"),
    "push-up": ("floor",),
    "squat": ("front", "front", "chest", "head", "hips"),
}


@dataclass(frozen=True)
class Habit:
    """One student's style of an exercise."""

    hands: str
    width: float  # distance of feet or hands, 1 is usual
    knee_deg: float  # sit-up: bend of the knees at rest
    lean_deg: float  # squat: forward lean at the bottom; sit-up: how far past upright
    toes_deg: float  # squat: how far the toes point outwards

    @staticmethod
    def random(rng: np.random.Generator, exercise: str) -> Habit:
        """A random but correct style."""
        return Habit(
            hands=str(rng.choice(HANDS[exercise])),
            width=float(rng.uniform(0.85, 1.2)),
            knee_deg=float(rng.uniform(75, 100)),
            lean_deg=float(rng.uniform(28, 45)),
            toes_deg=float(rng.uniform(5, 25)),
        )


@dataclass(frozen=True)
class Slips:
    """Faults over time; each is (frames,) or one number, 0 is correct."""

    twist_deg: np.ndarray | float = 0.0  # sit-up: the right shoulder comes first
    feet_m: np.ndarray | float = 0.0  # sit-up: how high the feet are off the floor
    hips_m: np.ndarray | float = 0.0  # push-up: how far the hips sag; below 0 they pike
    reach: Callable[[Trunk, str], Reach] | None = None  # sit-up: the hands' other position


PROPER = Slips()


def bent_trunk(
    root: np.ndarray, spine_deg: np.ndarray, neck_deg: np.ndarray
) -> dict[str, np.ndarray]:
    """Turns of pelvis, spine, neck and head; positive angles bend forward, (frames,) degrees."""
    turns, orientation = {"root": root}, root
    for bone in SPINE:
        orientation = orientation @ turn("x", spine_deg / len(SPINE))
        turns[bone] = orientation
    for bone in NECK:
        orientation = orientation @ turn("x", neck_deg / len(NECK))
        turns[bone] = orientation
    return turns


def sit_up(
    student: Student, depth: np.ndarray, habit: Habit, slips: Slips = PROPER, settled: int = 1
) -> Posture:
    """From lying with bent knees to elbows at the knees; `depth` is (frames,) from 0 to 1.

    Bent legs lift the seat from the floor, by 4 cm at the top: it is lowered again `settled` times.
    """
    curl, roll = np.sin(np.clip(depth * 1.4, 0, 1) * np.pi / 2), np.clip(depth * 1.15 - 0.15, 0, 1)
    roll = roll * roll * (3 - 2 * roll)
    pelvis = turn("x", -88 + (38 + 0.5 * habit.lean_deg) * roll)
    turns = bent_trunk(pelvis, 46 * curl, 4 + 18 * curl)
    twist = np.broadcast_to(slips.twist_deg, depth.shape)
    for step, bone in enumerate(SPINE + NECK, 1):
        share = min(1.0, step / len(SPINE))
        turns[bone] = turns[bone] @ turn("z", share * twist) @ turn("y", 0.35 * share * twist)
    root = np.zeros((len(depth), 3))
    root[:, 1] = -0.05 * roll
    for _ in range(settled):
        root[:, 2] -= student.lowest(Posture(turns, root), "trunk")
        turns |= _bent_legs(student, turns, root, habit, slips)
    reach = slips.reach or REACHES[habit.hands]
    turns |= arms_to(student.figure, turns, root, reach, RAISED_DEG.get(habit.hands, 0.0), depth)
    return Posture(turns, root)


def _bent_legs(
    student: Student, turns: Turns, root: np.ndarray, habit: Habit, slips: Slips
) -> dict[str, np.ndarray]:
    """Turns of the legs of a sit-up, the feet on the floor or as high as in `slips`."""
    out: dict[str, np.ndarray] = {}
    for side in SIDES:
        leg = Limb.leg(student.figure, side)
        hip = bone_heads(student.figure, turns, root)[f"upperleg01.{side}"]
        first, second = leg.lengths
        span = np.sqrt(
            first**2 + second**2 - 2 * first * second * np.cos(np.radians(habit.knee_deg))
        )
        ankle = np.zeros_like(hip)
        ankle[:, 0] = SIDES[side] * 0.11 * habit.width
        ankle[:, 1] = -span
        ankle[:, 2] = sole(student) + slips.feet_m
        out |= leg.solve(hip, ankle, np.array([SIDES[side] * 0.12, 0.0, 1.0]))
        foot = turn("x", np.broadcast_to(-60.0 * slips.feet_m, len(root)))
        out[f"foot.{side}"] = foot
    return out


def squat(student: Student, depth: np.ndarray, habit: Habit) -> Posture:
    """From standing to the thighs level with the floor; `depth` is (frames,) from 0 to 1."""
    lean = habit.lean_deg * depth
    turns = bent_trunk(turn("x", lean), 8 * depth, -0.55 * lean)
    legs = {side: Limb.leg(student.figure, side) for side in SIDES}
    hip_rest = student.figure.joint("upperleg01.L") - student.figure.joint("root")
    ankle_x = 0.16 * habit.width * legs["L"].reach / 0.85
    standing = sole(student)
    high = standing + np.sqrt((0.995 * legs["L"].reach) ** 2 - (ankle_x - hip_rest[0]) ** 2)
    low = standing + legs["L"].lengths[1] * 0.93
    root = np.zeros((len(depth), 3))
    root[:, 1] = 0.62 * legs["L"].lengths[0] * depth
    root[:, 2] = high + (low - high) * depth - hip_rest[2]
    heads = bone_heads(student.figure, turns, root)
    for side, sign in SIDES.items():
        ankle = np.tile([sign * ankle_x, hip_rest[1], standing], (len(depth), 1))
        toes = np.radians(habit.toes_deg)
        pole = np.array([sign * np.sin(toes), -np.cos(toes), 0.0])
        turns |= legs[side].solve(heads[f"upperleg01.{side}"], ankle, pole)
        foot = turn("z", sign * (habit.toes_deg - 8))
        turns[f"foot.{side}"] = np.broadcast_to(foot, (len(depth), 3, 3))
    turns |= arms(student.figure, turns, root, habit.hands, depth)
    return Posture(turns, root)


def push_up(student: Student, depth: np.ndarray, habit: Habit, slips: Slips = PROPER) -> Posture:
    """From straight arms to bent ones, chest low; `depth` is (frames,) from 0 to 1."""
    tilt_deg = np.linspace(2, 40, 77)
    trial = straight_on_toes(student, tilt_deg)
    shoulder = bone_heads(student.figure, trial.turns, trial.root)["upperarm01.L"]
    under = shoulder + np.array([0.07 * habit.width, 0.02, 0.0])
    under[:, 2] = wrist_height(student)
    arm = Limb.arm(student.figure, "L")
    high = int(np.argmax(np.linalg.norm(shoulder - under, axis=1) > 0.985 * arm.reach))
    planted = under[high]
    bend = arm.bend_deg(shoulder[: high + 1], planted)
    clear = student.lowest(trial, "trunk")[: high + 1]
    low = int(np.argmax((bend > LEAST_ELBOW_DEG) & (clear > 0.05)))
    tilt = tilt_deg[high] + (tilt_deg[low] - tilt_deg[high]) * depth
    body = straight_on_toes(student, tilt, np.broadcast_to(slips.hips_m, depth.shape))
    turns, heads = dict(body.turns), bone_heads(student.figure, body.turns, body.root)
    for side, sign in SIDES.items():
        start = heads[f"upperarm01.{side}"]
        hand = np.broadcast_to(planted * [sign, 1, 1], start.shape)
        elbow = np.array([0.75 * sign, 0.7, 0.15])
        turns |= Limb.arm(student.figure, side).solve(start, hand, elbow)
        flat = flat_hand(student, side)
        turns[f"wrist.{side}"] = np.broadcast_to(flat, (len(depth), 3, 3))
    return Posture(turns, body.root)


def straight_on_toes(
    student: Student, tilt_deg: np.ndarray, sag_m: np.ndarray | float = 0.0
) -> Posture:
    """The body on its toes, `tilt_deg` (frames,) off the floor, without the arms.

    It is straight, or its hips hang `sag_m` (frames,) below the line; the shoulders stay.
    """
    figure = student.figure
    leg_m = np.linalg.norm(figure.joint("upperleg01.L") - figure.joint("foot.L"))
    trunk_m = np.linalg.norm(figure.joint("upperleg01.L") - figure.joint("upperarm01.L"))
    down_deg = np.degrees(np.arcsin(np.clip(sag_m / leg_m, -0.9, 0.9)))
    up_deg = np.degrees(np.arcsin(np.clip(sag_m / trunk_m, -0.9, 0.9)))
    body = turn("x", 90 - tilt_deg - up_deg)
    turns = bent_trunk(body, np.zeros(len(tilt_deg)), np.full(len(tilt_deg), -32.0))
    for side, sign in SIDES.items():
        leg = turn("x", 90 - tilt_deg + down_deg) @ turn("y", sign * 5.5)
        turns[f"upperleg01.{side}"] = leg
        turns[f"foot.{side}"] = leg @ turn("x", -4)
        for toe in range(1, 6):
            turns[f"toe{toe}-1.{side}"] = np.broadcast_to(turn("x", 22), body.shape)
    root = np.zeros((len(tilt_deg), 3))
    root[:, 1] = -bone_heads(student.figure, turns, root)["toe2-1.L"][:, 1]
    root[:, 2] = -student.lowest(Posture(turns, root), "foot")
    return Posture(turns, root)


def flat_hand(student: Student, side: str) -> np.ndarray:
    """A hand on the floor, fingers towards the head: (3, 3)."""
    fingers, palm = np.array([-0.15 * SIDES[side], -1.0, 0]), np.array([0, 0, -1.0])
    return hand_turn(student.figure, side, fingers, palm)


def wrist_height(student: Student) -> float:
    """Height of the wrist over the floor when the hand lies flat, metres."""
    turns = {f"wrist.{side}": flat_hand(student, side)[None] for side in SIDES}
    root = np.zeros((1, 3))
    wrist = bone_heads(student.figure, turns, root)["wrist.L"][0, 2]
    return float(wrist - student.lowest(Posture(turns, root), "hand")[0])


def sole(student: Student) -> float:
    """Height of the ankle over the floor when the foot stands flat, metres."""
    lowest = student.rest[student.parts["foot"], 2].min()
    return float(student.figure.joint("foot.L")[2] - lowest)


EXERCISES = {"sit-up": sit_up, "push-up": push_up, "squat": squat}
