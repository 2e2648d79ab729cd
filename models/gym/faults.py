"""What people do wrong: exercises with a fault in form, for single pictures.

Repetitions that are not finished need nothing here: pictures show any phase of a movement.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from models.gym.arms import Reach, Trunk, to_floor
from models.gym.exercises import Habit, Slips, push_up, sit_up, squat, straight_on_toes
from models.gym.limbs import SIDES, turn
from models.gym.student import Posture, Student

KINDS = {
    "sit-up": ("twist", "feet", "straight", "push", "swing"),
    "push-up": ("sag", "pike", "hands", "knees"),
    "squat": ("lean", "upright", "knees", "feet", "heels"),
}
FAULTY_SHARE = 0.3  # of the pictures of an exercise
ONE_LIMB = ("jumping-jack", "lunge", "pull-up", "plank", "climber", "burpee", "bridge", "squat",
            "push-up", "lie", "sit", "kneel", "stand", "walk", "crouch")  # fmt: skip


def faulty_sit_up(
    student: Student, depth: np.ndarray, rng: np.random.Generator, kind: str = ""
) -> Posture:
    """Twisted, with the feet off the floor, with straight legs, pushed by the hands, or swung."""
    habit = Habit.random(rng, "sit-up")
    kind = kind or str(rng.choice(KINDS["sit-up"]))
    if kind == "straight":
        habit = _but(habit, knee_deg=float(rng.uniform(130, 172)))
    if kind == "twist":
        twist = np.full(len(depth), rng.choice([-1, 1]) * rng.uniform(12, 35))
        return sit_up(student, depth, habit, Slips(twist_deg=twist * np.sqrt(depth)))
    if kind == "feet":
        return sit_up(
            student, depth, habit, Slips(feet_m=np.full(len(depth), rng.uniform(0.05, 0.3)))
        )
    if kind == "push":
        floor_m = 0.03 + 0.02 * float(rng.random())
        return sit_up(
            student, depth, habit, Slips(reach=lambda trunk, side: to_floor(trunk, side, floor_m))
        )
    if kind == "swing":
        high = rng.uniform(-20, 130)
        return sit_up(student, depth, habit, Slips(reach=lambda t, side: _swung(t, side, high)))
    return sit_up(student, depth, habit)


def _swung(trunk: Trunk, side: str, high_deg: float) -> Reach:
    """A nearly straight arm, from beside the trunk at 0 over its front to above the head at 180."""
    chest, sign = trunk.turns["spine01"], SIDES[side]
    way = chest @ turn("x", -high_deg) @ np.array([0.15 * sign, 0.0, -1.0])
    length = 0.9 * sum(_arm_lengths(trunk))
    return Reach(
        wrist=trunk.heads[f"upperarm01.{side}"] + way * length,
        elbow=chest @ np.array([sign, 0.4, -0.3]),
        fingers=way,
        palm=chest @ np.array([-sign, 0.0, 0.0]),
    )


def _arm_lengths(trunk: Trunk) -> tuple[float, float]:
    joint = trunk.figure.joint
    upper = np.linalg.norm(joint("lowerarm01.L") - joint("upperarm01.L"))
    return float(upper), float(np.linalg.norm(joint("wrist.L") - joint("lowerarm01.L")))


def faulty_push_up(
    student: Student, depth: np.ndarray, rng: np.random.Generator, kind: str = ""
) -> Posture:
    """Hips that sag or pike, hands too wide or too narrow, or knees on the floor."""
    habit = Habit.random(rng, "push-up")
    kind = kind or str(rng.choice(KINDS["push-up"]))
    if kind == "hands":
        habit = _but(habit, width=float(rng.choice([rng.uniform(0.1, 0.6), rng.uniform(1.6, 3.5)])))
    hips = {"sag": rng.uniform(0.05, 0.16), "pike": -rng.uniform(0.06, 0.25)}.get(kind, 0.0)
    posture = push_up(student, depth, habit, Slips(hips_m=hips))
    return _on_knees(posture, rng) if kind == "knees" else posture


def _on_knees(posture: Posture, rng: np.random.Generator) -> Posture:
    """Shins level on the floor, or crossed in the air, below the straight thighs."""
    turns = dict(posture.turns)
    bend = rng.choice([0.0, rng.uniform(10, 60)])
    # The knees come down by as much as the shins rise; who lowers the figure sees to it.
    tilt = turn("x", 14.0)
    turns |= {bone: tilt @ value for bone, value in turns.items() if not _of_arm(bone)}
    for side in SIDES:
        shin = turn("x", 90.0 + bend) @ turn("y", SIDES[side] * rng.normal(0, 6))
        foot = shin @ turn("x", rng.uniform(20, 55))
        turns |= {f"lowerleg01.{side}": shin[None], f"foot.{side}": foot[None]}
        turns |= {f"toe{toe}-1.{side}": foot[None] for toe in range(1, 6)}
    return Posture(turns, posture.root)


def _of_arm(bone: str) -> bool:
    return bone.startswith(("clavicle", "upperarm", "lowerarm", "wrist", "finger"))


def faulty_squat(
    student: Student, depth: np.ndarray, rng: np.random.Generator, kind: str = ""
) -> Posture:
    """Bent far forward, upright, with the knees together, or with the feet wide or close."""
    habit = Habit.random(rng, "squat")
    kind = kind or str(rng.choice(KINDS["squat"]))
    change = {
        "lean": {"lean_deg": float(rng.uniform(55, 85))},
        "upright": {"lean_deg": float(rng.uniform(0, 15))},
        "knees": {"toes_deg": float(rng.uniform(-40, -10))},
        "feet": {"width": float(rng.choice([rng.uniform(0.3, 0.6), rng.uniform(1.6, 2.4)]))},
    }.get(kind, {})
    posture = squat(student, depth, _but(habit, **change))
    if kind != "heels":
        return posture
    turns, rise = dict(posture.turns), float(rng.uniform(15, 40)) * depth
    for side in SIDES:
        turns[f"foot.{side}"] = turns[f"foot.{side}"] @ turn("x", rise)
    return Posture(turns, posture.root)


def sagging_plank(student: Student, rng: np.random.Generator, tilt_deg: np.ndarray) -> Posture:
    """The body of a plank whose hips hang or pike, without the arms."""
    sag = float(rng.choice([rng.uniform(0.04, 0.12), -rng.uniform(0.08, 0.3)]))
    return straight_on_toes(student, tilt_deg, np.full(len(tilt_deg), sag))


def one_limb_off(posture: Posture, rng: np.random.Generator, movement: str) -> Posture:
    """One arm or leg out of step with the other."""
    hanging = movement == "pull-up"
    limb = "leg" if hanging or rng.random() < 0.4 else "arm"
    side = str(rng.choice(list(SIDES)))
    turns, size_deg = dict(posture.turns), rng.uniform(12, 35)
    upper, lower, end = {
        "arm": ("upperarm01", "lowerarm01", "wrist"), "leg": ("upperleg01", "lowerleg01", "foot"),
    }[limb]  # fmt: skip
    off = turn("z", rng.normal(0, size_deg)) @ turn("x", rng.normal(0, size_deg))
    off = off @ turn("y", rng.normal(0, 0.5 * size_deg))
    bend = turn("x", rng.uniform(0, 45) * (1 if limb == "leg" else -1))
    for bone, part in ((upper, np.eye(3)), (lower, bend), (end, bend)):
        name = f"{bone}.{side}"
        if name in turns:
            turns[name] = off @ turns[name] @ part
    turns = {
        bone: value for bone, value in turns.items()
        if not (bone.startswith("toe") and limb == "leg" and bone.endswith(side))
    }  # fmt: skip
    return Posture(turns, posture.root)


def _but(habit: Habit, **change: Any) -> Habit:
    return replace(habit, **change)


FAULTY = {"sit-up": faulty_sit_up, "push-up": faulty_push_up, "squat": faulty_squat}
