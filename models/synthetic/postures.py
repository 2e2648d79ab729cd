"""Postures for single pictures: any phase of the exercises, and much that is none of them."""

from __future__ import annotations

import numpy as np

from models.synthetic.exercises import EXERCISES, NECK, SPINE, Habit, bent_trunk
from models.synthetic.limbs import SIDES, Limb, turn, unit
from models.synthetic.student import Posture, Student

STANCES = ("stand", "stand", "kneel", "lunge", "sit", "lie", "lie", "fours")
LEAN_DEG = {
    "stand": (5, 14), "kneel": (5, 12), "lunge": (10, 10),
    "sit": (-15, 18), "lie": (0, 6), "fours": (85, 10),
}  # fmt: skip


def random_posture(student: Student, rng: np.random.Generator) -> Posture:
    """One frame, turned to any side, with its lowest point on the floor."""
    if rng.random() < 0.62:
        exercise = str(rng.choice(list(EXERCISES)))
        depth = np.array([rng.choice([0.0, rng.random(), rng.random(), 1.0])])
        posture = EXERCISES[exercise](student, depth, Habit.random(rng, exercise))
    else:
        posture = _free(student, rng, str(rng.choice(STANCES)))
    posture = _shaken(posture, rng, 5.0)
    return _dropped(student, _turned(posture, turn("z", rng.uniform(0, 360))))


def random_turn(rng: np.random.Generator, size_deg: float) -> np.ndarray:
    """A small rotation about any axis: (3, 3)."""
    about_x, about_y, about_z = rng.normal(0, size_deg, 3)
    return turn("x", about_x) @ turn("y", about_y) @ turn("z", about_z)


def _shaken(posture: Posture, rng: np.random.Generator, size_deg: float) -> Posture:
    """Every bone is off by a little, the head by more."""
    turns = {}
    for bone, value in posture.turns.items():
        size = (
            0.0 if bone.startswith("toe") else size_deg * (0.4 if bone.startswith("spine") else 1)
        )
        turns[bone] = value @ random_turn(rng, size)
    look = turn("z", rng.normal(0, 25)) @ turn("x", rng.normal(0, 10))
    for share, bone in zip(
        (0.25, 0.5, 0.75, 1.0), ("neck01", "neck02", "neck03", "head"), strict=True
    ):
        turns[bone] = turns[bone] @ _part(look, share)
    return Posture(turns, posture.root)


def _part(rotation: np.ndarray, share: float) -> np.ndarray:
    """A rotation by a share of the angle: (3, 3)."""
    left, _, right = np.linalg.svd((1 - share) * np.eye(3) + share * rotation)
    return left @ right


def _turned(posture: Posture, rotation: np.ndarray) -> Posture:
    """The whole figure turned about the origin."""
    turns = {bone: rotation @ value for bone, value in posture.turns.items()}
    return Posture(turns, posture.root @ rotation.T)


def _dropped(student: Student, posture: Posture) -> Posture:
    """Moved so that the lowest point of the body rests on the floor."""
    transforms = student.figure.bone_transforms(posture.turns, posture.root)
    skin = student.figure.skin(student.rest[::4], student.weights[::4], transforms)
    return posture.moved(np.array([0.0, 0.0, -float(skin[..., 2].min())]))


def _free(student: Student, rng: np.random.Generator, stance: str) -> Posture:
    """Random joint angles around a stance: (1,) frame."""
    mean, spread = LEAN_DEG[stance]
    lean = rng.normal(mean, spread)
    root = turn("x", np.array([lean])) @ turn("y", np.array([rng.normal(0, 7)]))
    turns = bent_trunk(root, np.array([rng.normal(10, 14)]), np.array([rng.normal(0, 14)]))
    twist = turn("z", rng.normal(0, 14)) @ turn("y", rng.normal(0, 8))
    for number, bone in enumerate(SPINE):
        share = (number + 1) / len(SPINE)
        turns[bone] = turns[bone] @ _part(twist, share)
    for bone in NECK:
        turns[bone] = turns[bone] @ twist
    for side, sign in SIDES.items():
        turns |= _free_leg(turns["root"], rng, stance, side, sign)
    turns |= _free_arms(student, turns, rng, stance)
    posture = Posture(turns, np.zeros((1, 3)))
    if stance == "lie":
        roll = float(rng.choice([-90, 90, rng.uniform(-180, 180)]))
        posture = _turned(posture, turn("y", roll * 0.999 + 90) @ turn("x", -90))
    return posture


def _free_leg(pelvis: np.ndarray, rng: np.random.Generator, stance: str, side: str, sign: float):
    """A leg's turns; about x the thigh flexes with negative angles, the shin with positive ones."""
    lead = (rng.random() < 0.5) == (side == "L")
    hip, knee = {
        "stand": (abs(rng.normal(5, 18)), abs(rng.normal(5, 22))),
        "kneel": (rng.normal(15, 15), rng.normal(105, 15)),
        "lunge": (rng.normal(75, 15), rng.normal(80, 20))
        if lead
        else (rng.normal(-5, 10), rng.normal(60, 25)),
        "sit": (rng.normal(80, 15), rng.uniform(5, 100)),
        "lie": (abs(rng.normal(15, 30)), abs(rng.normal(20, 35))),
        "fours": (rng.normal(85, 10), rng.normal(85, 15)),
    }[stance]
    spread = sign * (abs(rng.normal(0, 9)) - 4)
    thigh = pelvis @ turn("y", -spread) @ turn("x", -hip) @ turn("z", sign * rng.normal(6, 8))
    shin = thigh @ turn("x", np.clip(knee, 0, 140))
    foot = shin @ turn("x", rng.normal(35 if stance in ("lie", "kneel") else 5, 12))
    return {f"upperleg01.{side}": thigh, f"lowerleg01.{side}": shin, f"foot.{side}": foot}


def _free_arms(student: Student, turns: dict, rng: np.random.Generator, stance: str):
    """Hands anywhere in front, beside or above, elbows out, down or back."""
    figure = student.figure
    heads = figure.place(turns, np.zeros((1, 3)))[1]
    out: dict[str, np.ndarray] = {}
    for side, sign in SIDES.items():
        arm = Limb.arm(figure, side)
        shoulder = heads[:, figure.anatomy.bones[f"upperarm01.{side}"]]
        chest = turns["spine01"]
        aim = rng.choice(["down", "down", "front", "up", "any"])
        if stance == "fours":
            direction = np.array([[0.1 * sign, rng.normal(0, 0.15), -1.0]])
        else:
            anywhere = rng.uniform(-0.4, 1.2), rng.uniform(-1, 0.4), rng.uniform(-1, 1)
            way = {"down": (0.25, -0.15, -1.0), "front": (0.1, -1.0, -0.2), "up": (0.3, -0.1, 1.0)}
            x, y, z = np.asarray(way.get(str(aim), anywhere)) + rng.normal(0, 0.25, 3)
            direction = chest @ np.array([sign * x, y, z])
        goal = shoulder + unit(direction) * arm.reach * rng.uniform(0.55, 0.99)
        pole = chest[0] @ np.array(
            [sign * rng.uniform(0.3, 1), rng.uniform(0, 0.8), -rng.uniform(0, 0.8)]
        )
        out |= arm.solve(shoulder, goal, pole)
        lift = unit(direction) @ chest[0][:, 2]
        clavicle = turn("y", -sign * 20 * np.clip(lift, 0, 1))
        out[f"clavicle.{side}"] = chest @ clavicle
        out[f"wrist.{side}"] = out[f"lowerarm01.{side}"] @ random_turn(rng, 18)
    return out
