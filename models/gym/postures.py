"""Postures for single pictures: a table of movements, and free poses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.gym import groundwork, upright
from models.gym.exercises import NECK, SPINE, bent_trunk
from models.gym.faults import ONE_LIMB, one_limb_off
from models.gym.limbs import SIDES, Limb, turn, unit
from models.gym.student import Posture, Student

STANCES = ("stand", "kneel", "sit", "lie", "lie", "fours", "tumble")
LEAN_DEG = {
    "stand": (5, 14), "kneel": (5, 12), "sit": (-15, 18), "lie": (0, 6), "fours": (85, 10),
    "tumble": (10, 20),
}  # fmt: skip
MOVEMENTS = {
    "sit-up": groundwork.sit_up, "crunch": groundwork.crunch, "push-up": groundwork.push_up,
    "squat": groundwork.squat, "plank": groundwork.plank, "climber": groundwork.climber,
    "lie": groundwork.lie, "bridge": groundwork.bridge, "sit": groundwork.sit,
    "kneel": groundwork.kneel, "helper": groundwork.helper, "jumping-jack": upright.jumping_jack,
    "lunge": upright.lunge, "burpee": upright.burpee, "stand": upright.stand, "walk": upright.walk,
    "crouch": upright.crouch,
}  # fmt: skip
WEIGHTS = {
    "sit-up": 3, "crunch": 1.5, "push-up": 2.5, "squat": 2, "pull-up": 1.2, "jumping-jack": 1,
    "lunge": 1, "plank": 1.3, "climber": 0.7, "burpee": 0.8, "lie": 1.8, "bridge": 0.6, "sit": 1,
    "kneel": 0.7, "helper": 0.4, "stand": 0.8, "walk": 0.8, "crouch": 0.4, "free": 3,
}  # fmt: skip
BYSTANDERS = ("stand", "stand", "walk", "sit", "kneel", "crouch", "helper")
JUMPS = ("jumping-jack", "burpee")  # the root's height is that of the jump
ON_THE_BACK = ("sit-up", "crunch", "lie", "bridge", "sit")
ONE_LIMB_SHARE = 0.2  # of these movements' pictures
PRESSED_M = 0.035
SHAKEN_DEG = {"free": 5.0, "stand": 4.0, "walk": 4.0, "sit-up": 3.0}  # others 2


@dataclass(frozen=True)
class Act:
    """One person at one moment.

    Attributes:
        points: (V, 3) float32 skin, metres.
        joints: (17, 3) COCO keypoints.
        facing_rad: how far the figure is turned about the vertical.
        bar: (3,) middle of the bar it hangs from, or None.
    """

    student: Student
    movement: str
    points: np.ndarray
    joints: np.ndarray
    facing_rad: float
    bar: np.ndarray | None

    def moved(self, shift: np.ndarray) -> Act:
        """The same posture moved by `shift`, (3,) metres."""
        bar = None if self.bar is None else self.bar + shift
        points = (self.points + shift).astype(np.float32)
        return Act(self.student, self.movement, points, self.joints + shift, self.facing_rad, bar)


def random_movement(rng: np.random.Generator) -> str:
    """One of MOVEMENTS, "pull-up" or "free"."""
    weights = np.array(list(WEIGHTS.values()))
    return str(rng.choice(list(WEIGHTS), p=weights / weights.sum()))


def act(
    student: Student, rng: np.random.Generator, movement: str, facing_rad: float | None = None
) -> Act:
    """The student at a random phase of the movement, over the origin, in any direction.

    The figure is on the floor, unless it jumps or hangs; parts below the floor are flattened.
    """
    bar = None
    if movement == "pull-up":
        posture, bar = upright.pull_up(student, rng)
    elif movement == "free":
        posture = free(student, rng, str(rng.choice(STANCES)))
    else:
        posture = MOVEMENTS[movement](student, rng)
    if movement in ONE_LIMB and rng.random() < ONE_LIMB_SHARE:
        posture = one_limb_off(posture, rng, movement)
    facing = float(rng.uniform(0, 2 * np.pi)) if facing_rad is None else facing_rad
    return settled(student, posture, rng, movement, facing, bar)


def settled(
    student: Student, posture: Posture, rng: np.random.Generator, movement: str, facing_rad: float,
    bar: np.ndarray | None = None,
) -> Act:  # fmt: skip
    """The posture with a little disorder, turned about the vertical and lowered to the floor."""
    over = posture.root[0, 2] if movement in JUMPS else 0.0
    posture = _shaken(posture, rng, SHAKEN_DEG.get(movement, 2.0), movement)
    rotation = turn("z", np.degrees(facing_rad))
    posture = _turned(posture, rotation)
    points, joints = student.show(posture)
    shift = np.zeros(3)
    if bar is None:
        lowest = _lowest(points[0, ::3, 2])
        if movement in ON_THE_BACK:  # better feet slightly in the mat than a floating back
            lowest = min(lowest + PRESSED_M, _lowest(points[0, student.parts["trunk"], 2]))
        shift[2] = over - lowest
    points = (points[0] + shift).astype(np.float32)
    points[:, 2] = np.maximum(points[:, 2], 0.002)
    bar = None if bar is None else rotation @ bar
    return Act(student, movement, points, joints[0] + shift, facing_rad, bar)


def random_turn(rng: np.random.Generator, size_deg: float) -> np.ndarray:
    """A small rotation about any axis: (3, 3)."""
    about_x, about_y, about_z = rng.normal(0, size_deg, 3)
    return turn("x", about_x) @ turn("y", about_y) @ turn("z", about_z)


def _lowest(heights: np.ndarray) -> float:
    """The height of the lowest percent of the vertices."""
    rank = len(heights) // 100
    return float(np.partition(heights, rank)[rank])


def _shaken(posture: Posture, rng: np.random.Generator, size_deg: float, movement: str) -> Posture:
    """Every bone is off by a little, the head by more."""
    turns = {}
    for bone, value in posture.turns.items():
        still = bone.startswith("toe") or (movement == "pull-up" and "arm" in bone)
        size = 0.0 if still else size_deg * (0.4 if bone.startswith("spine") else 1)
        turns[bone] = value @ random_turn(rng, size)
    look = turn("z", rng.normal(0, 25)) @ turn("x", rng.normal(0, 10))
    for share, bone in zip((0.25, 0.5, 0.75, 1.0), NECK, strict=True):
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


def free(student: Student, rng: np.random.Generator, stance: str) -> Posture:
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
    if stance == "tumble":  # a cartwheel, a roll, a handstand
        posture = _turned(posture, turn("x", rng.uniform(60, 300)) @ turn("y", rng.normal(0, 40)))
    return posture


def _free_leg(pelvis: np.ndarray, rng: np.random.Generator, stance: str, side: str, sign: float):
    """A leg's turns; about x the thigh flexes with negative angles, the shin with positive ones."""
    hip, knee = {
        "stand": (abs(rng.normal(5, 18)), abs(rng.normal(5, 22))),
        "kneel": (rng.normal(15, 15), rng.normal(105, 15)),
        "tumble": (rng.normal(25, 35), abs(rng.normal(20, 40))),
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
