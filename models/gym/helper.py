"""A helper who holds the feet of a student doing sit-ups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.gym.arms import bone_heads
from models.gym.exercises import sole
from models.gym.groundwork import kneeling
from models.gym.limbs import SIDES, Limb, closed_hand, hand_turn, turn
from models.gym.postures import Act, settled
from models.gym.student import Posture, Student
from models.gym.upright import leg_length, planted, trunk

POSES = ("kneel", "kneel", "astride", "sit", "sit", "crouch", "bend", "beside")
ANKLES, KNEES, HIPS = slice(15, 17), slice(13, 15), slice(11, 13)
SEAT_M = (0.05, 0.09)  # the height of a seat on somebody's feet
LEANS = 9  # tries to come within reach, each 7 degrees farther forward


@dataclass(frozen=True)
class Grip:
    """What the hands reach for, as the helper sees it: the held ankles at the origin, ahead -y."""

    left: np.ndarray  # (3,) metres
    right: np.ndarray

    def of(self, side: str) -> np.ndarray:
        """The wrist's place of one side ("L" or "R"), (3,) metres."""
        return self.left if side == "L" else self.right


def holding(
    student: Student, rng: np.random.Generator, held: Act, pose: str | None = None
) -> Act:  # fmt: skip
    """The student as a helper with both hands on the shins, ankles or feet of `held`.

    Args:
        pose: one of POSES; by default any.
    """
    pose = str(rng.choice(POSES)) if pose is None else pose
    ankles, knees = held.joints[ANKLES], held.joints[KNEES]
    along = (ankles.mean(0) - held.joints[HIPS].mean(0)) * [1, 1, 0]
    facing = float(np.arctan2(along[1], along[0])) - np.pi / 2 + rng.normal(0, 0.12)
    if pose == "beside":
        facing += float(rng.choice([-1, 1])) * rng.uniform(1.2, 1.8)
    share = rng.uniform(0.15, 0.6) if pose == "sit" else rng.uniform(0.0, 0.25)
    origin, rotation = ankles.mean(0) * [1, 1, 0], turn("z", np.degrees(facing))
    places = (ankles + share * (knees - ankles) - origin) @ rotation
    grip = _grip(rng, places)
    posture = _reaching(student, rng, grip, pose)
    helper = settled(student, posture, rng, "helper", facing)
    wanted = origin + rotation @ ((grip.left + grip.right) / 2)
    # What the shaken bones moved the hands by; a figure without reach comes no nearer than this.
    missed = (wanted - helper.joints[9:11].mean(0)) * [1, 1, 0]
    return helper.moved(missed)


def _grip(rng: np.random.Generator, places: np.ndarray) -> Grip:
    """The wrists a little above, outside and on the helper's side of the two held places."""
    left, right = places[np.argsort(-places[:, 0])]
    gap = max(0.0, 0.12 - (left[0] - right[0])) / 2  # hands do not lie in each other
    over = np.array([0.0, rng.uniform(0.03, 0.07), rng.uniform(0.04, 0.07)])
    outside = np.array([0.03 + gap, 0.0, 0.0])
    return Grip(left + over + outside, right + over - outside)


def _reaching(student: Student, rng: np.random.Generator, grip: Grip, pose: str) -> Posture:
    """The pose, leaning forward as far as the arms need."""
    arm = Limb.arm(student.figure, "L").reach
    seed = int(rng.integers(2**31))
    lean = rng.uniform(-8, 18) if pose == "sit" else rng.uniform(0, 32)
    lean += 45 if pose == "bend" else 0
    for step in range(LEANS):
        style = np.random.default_rng(seed)  # the same pose, leaning farther
        turns, root = STANCES[pose](student, style, lean + 7 * step)
        heads = bone_heads(student.figure, turns, root)
        gaps = [np.linalg.norm(heads[f"upperarm01.{side}"][0] - grip.of(side)) for side in SIDES]
        if max(gaps) < 0.94 * arm:
            break
    out = dict(turns)
    curl = np.array([rng.uniform(20, 45)])
    for side, sign in SIDES.items():
        elbow = np.array([sign * rng.uniform(0.3, 0.9), 0.6, 0.2])
        limb = Limb.arm(student.figure, side)
        out |= limb.solve(heads[f"upperarm01.{side}"], grip.of(side)[None], elbow)
        fingers = np.array([-0.25 * sign, -0.8, -rng.uniform(0.2, 0.8)])
        wrist = hand_turn(student.figure, side, fingers, np.array([-0.5 * sign, -0.3, -0.9]))[None]
        out |= {f"wrist.{side}": wrist, **closed_hand(student.figure, side, wrist, curl)}
    return Posture(out, root)


def _kneel(student: Student, rng: np.random.Generator, lean_deg: float, spread_deg: float = 5.0):
    """On the knees just before the toes, from sitting on the heels to upright."""
    turns, root = kneeling(student, rng, rng.uniform(0, 0.7), lean_deg, spread_deg)
    knee = bone_heads(student.figure, turns, root)["lowerleg01.L"][0]
    far = rng.uniform(-0.1, 0.05) if spread_deg > 8 else rng.uniform(0.08, 0.3)
    root[:, 1] += far - knee[1]
    root[:, 2] -= student.lowest(Posture(turns, root), "foot")
    return turns, root


def _astride(student: Student, rng: np.random.Generator, lean_deg: float):
    """On the knees on both sides of the held feet."""
    return _kneel(student, rng, lean_deg, rng.uniform(12, 22))


def _beside(student: Student, rng: np.random.Generator, lean_deg: float):
    turns, root = _kneel(student, rng, lean_deg)
    return turns, root + np.array([0, rng.uniform(0.05, 0.15), 0])


def _on_feet(
    student: Student, rng: np.random.Generator, lean_deg: float, ahead_m: float, seat_m: float
):  # fmt: skip
    """Legs and trunk above planted feet, the seat behind them at a height of its own."""
    turns = trunk(turn("x", lean_deg), rng.uniform(5, 30), rng.uniform(-35, 0))
    root = np.array([[0.0, ahead_m, seat_m]])
    ankles, feet = {}, {}
    wide, step = rng.uniform(0.14, 0.26), rng.normal(0, 0.04)
    for side, sign in SIDES.items():
        ankles[side] = np.array([sign * wide, sign * step, sole(student)])
        feet[side] = turn("z", sign * rng.uniform(0, 22))
    turns |= planted(student, turns, root, ankles, np.array([0.45, -1.0, 0.5]), feet)
    return turns, root


def _sit(student: Student, rng: np.random.Generator, lean_deg: float):
    """Sitting on the held feet, the own ones beside the shins."""
    long = leg_length(student)
    turns, root = _on_feet(student, rng, lean_deg, long * rng.uniform(0.4, 0.6), 0.0)
    seat = rng.uniform(*SEAT_M) - float(student.lowest(Posture(turns, root), "trunk")[0])
    # Solved again from the true height of the seat, with the same feet.
    heads = bone_heads(student.figure, turns, root)
    ankles = {side: heads[f"foot.{side}"][0] for side in SIDES}
    feet = {side: turns[f"foot.{side}"][0] for side in SIDES}
    root = root + np.array([0, 0, seat])
    knees = np.array([0.5, -0.2, 1.0])
    turns = turns | planted(student, turns, root, ankles, knees, feet)
    return turns, root + np.array([0, rng.uniform(0.1, 0.22) - root[0, 1], 0])


def _crouch(student: Student, rng: np.random.Generator, lean_deg: float):
    """Squatting deep before the held feet."""
    long = leg_length(student)
    turns, root = _on_feet(
        student, rng, lean_deg + 15, long * rng.uniform(0.1, 0.25),
        sole(student) + long * rng.uniform(0.3, 0.5),
    )  # fmt: skip
    return turns, root + np.array([0, rng.uniform(0.25, 0.45), 0])


def _bend(student: Student, rng: np.random.Generator, lean_deg: float):
    """Standing, bent down to the held feet."""
    long = leg_length(student)
    turns, root = _on_feet(
        student, rng, lean_deg, long * rng.uniform(0.1, 0.25),
        sole(student) + long * rng.uniform(0.65, 0.93),
    )  # fmt: skip
    return turns, root + np.array([0, rng.uniform(0.3, 0.45), 0])


STANCES = {"kneel": _kneel, "astride": _astride, "sit": _sit, "crouch": _crouch, "bend": _bend,
           "beside": _beside}  # fmt: skip
