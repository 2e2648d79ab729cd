"""Movements on the floor, as single pictures; lying figures have the head towards +y."""

from __future__ import annotations

import numpy as np

from models.gym.arms import arms, arms_to, bone_heads, pointing
from models.gym.exercises import EXERCISES, Habit, straight_on_toes
from models.gym.faults import FAULTY, FAULTY_SHARE, sagging_plank
from models.gym.limbs import SIDES, Limb, turn
from models.gym.student import Posture, Student
from models.gym.upright import (
    ELBOW_OUT,
    crouch,
    hands_at,
    leg_length,
    planted,
    swinging_legs,
    trunk,
)  # fmt: skip

FLAT_HANDS = np.array([0.0, -1.0, 0.0])


def sit_up(student: Student, rng: np.random.Generator) -> Posture:
    """Any phase, both ends more often."""
    return _exercise(student, rng, "sit-up", 1.0)


def crunch(student: Student, rng: np.random.Generator) -> Posture:
    """Only the shoulders leave the floor; the feet stand or the shins are held level."""
    posture = _exercise(student, rng, "sit-up", 0.4)
    if rng.random() < 0.6:
        return posture
    hip, knee = rng.uniform(75, 105), rng.uniform(70, 100)
    legs = swinging_legs(dict(posture.turns), dict.fromkeys(SIDES, hip), dict.fromkeys(SIDES, knee),
                         dict.fromkeys(SIDES, rng.uniform(0, 8)))  # fmt: skip
    return Posture({**posture.turns, **legs}, posture.root)


def push_up(student: Student, rng: np.random.Generator) -> Posture:
    """Any phase, both ends more often."""
    return _exercise(student, rng, "push-up", 1.0)


def squat(student: Student, rng: np.random.Generator) -> Posture:
    """Any phase, both ends more often."""
    return _exercise(student, rng, "squat", 1.0)


def _exercise(student: Student, rng: np.random.Generator, name: str, most: float) -> Posture:
    depth = np.array([most * rng.choice([0.0, rng.random(), rng.random(), 1.0])])
    if rng.random() < FAULTY_SHARE:
        return FAULTY[name](student, depth, rng)
    return EXERCISES[name](student, depth, Habit.random(rng, name))


def plank(student: Student, rng: np.random.Generator) -> Posture:
    """Straight on toes and forearms, sometimes with the hips too high or too low."""
    tilt = np.array([rng.uniform(4, 9)])
    sags = rng.random() < FAULTY_SHARE
    posture = sagging_plank(student, rng, tilt) if sags else straight_on_toes(student, tilt)
    turns, root = dict(posture.turns), posture.root
    pike = rng.choice([0.0, rng.uniform(-8, 22)])
    for bone in ("spine05", "spine04", "spine03", "spine02", "spine01"):
        turns[bone] = turns[bone] @ turn("x", np.array([pike]))
    figure = student.figure
    shoulder = bone_heads(figure, turns, root)["upperarm01.L"]
    upper = Limb.arm(figure, "L").lengths[0]
    for side, sign in SIDES.items():
        start = bone_heads(figure, turns, root)[f"upperarm01.{side}"]
        lower = Limb.arm(figure, side).lengths[1]
        drop = min(upper * 0.98, float(shoulder[0, 2]) - 0.05)
        wrist = start + np.array([sign * rng.uniform(-0.08, 0.02), -lower, -drop])
        turns |= Limb.arm(figure, side).solve(start, wrist, np.array([sign * 0.1, 0.3, -1.0]))
    turns |= {f"wrist.{s}": turns[f"lowerarm01.{s}"] for s in SIDES}
    return Posture(turns, root)


def climber(student: Student, rng: np.random.Generator) -> Posture:
    """A support on the hands with one knee drawn up."""
    posture = EXERCISES["push-up"](student, np.array([0.0]), Habit.random(rng, "push-up"))
    side, turns = str(rng.choice(list(SIDES))), dict(posture.turns)
    thigh = turns["root"] @ turn("x", -rng.uniform(50, 115))
    shin = thigh @ turn("x", rng.uniform(60, 120))
    turns |= {f"upperleg01.{side}": thigh, f"lowerleg01.{side}": shin}
    turns |= {f"foot.{side}": shin @ turn("x", 30.0)}
    turns |= {f"toe{toe}-1.{side}": turns[f"foot.{side}"] for toe in range(1, 6)}
    return Posture(turns, posture.root)


def lie(student: Student, rng: np.random.Generator) -> Posture:
    """Flat on the back or the belly, resting, or with the legs or the arms lifted."""
    face_up = rng.random() < 0.7
    pelvis = turn("x", -90.0 if face_up else 90.0)
    turns = trunk(pelvis, rng.normal(0, 4), rng.normal(0, 8))
    raised = (
        rng.choice([0.0, rng.uniform(10, 95)])
        if face_up
        else rng.choice([0.0, -rng.uniform(5, 20)])
    )
    knees = (
        rng.choice([0.0, rng.uniform(0, 110)]) if face_up else rng.choice([0.0, rng.uniform(0, 80)])
    )
    hip = {s: raised + (knees * 0.5 if face_up else 0) + rng.normal(0, 3) for s in SIDES}
    knee = {s: max(0.0, knees + rng.normal(0, 6)) for s in SIDES}
    turns |= swinging_legs(turns, hip, knee, {s: rng.uniform(0, 18) for s in SIDES})
    for side in SIDES:
        toes = 35.0 if face_up else 60.0
        turns[f"foot.{side}"] = turns[f"lowerleg01.{side}"] @ turn("x", rng.normal(toes, 10))
    angle = rng.uniform(0.1, 3.0)
    way = np.array([np.sin(angle), 0.12 if face_up else -0.1, -np.cos(angle)])
    hands = str(rng.choice(["floor", "floor", "floor", "head", "chest"])) if face_up else "floor"
    root = np.zeros((1, 3))
    if hands == "floor":
        aim = pointing(way, rng.random(), np.array([0.8, 0.0, -0.3]))
        return Posture(turns | arms_to(student.figure, turns, root, aim, 14 * (angle > 1.5)), root)
    return Posture(turns | arms(student.figure, turns, root, hands, np.zeros(1)), root)


def bridge(student: Student, rng: np.random.Generator) -> Posture:
    """On the shoulders and feet with the hips lifted."""
    lift = rng.uniform(5, 32)
    turns = trunk(turn("x", -90.0 - lift), lift * 0.35, lift * 0.55)
    hip, knee = rng.uniform(5, 25), rng.uniform(70, 100)
    turns |= swinging_legs(turns, dict.fromkeys(SIDES, hip), dict.fromkeys(SIDES, knee),
                           dict.fromkeys(SIDES, rng.uniform(2, 10)))  # fmt: skip
    root = np.zeros((1, 3))
    aim = pointing(np.array([0.4, 0.25 + lift / 90, -1.0]), 0.1, ELBOW_OUT)
    return Posture(turns | arms_to(student.figure, turns, root, aim), root)


def sit(student: Student, rng: np.random.Generator) -> Posture:
    """On the floor: legs out, crossed or drawn up; leaning back on the hands or reaching out."""
    legs, long = str(rng.choice(["out", "crossed", "drawn"])), leg_length(student)
    lean = rng.uniform(-28, 15)
    turns = trunk(turn("x", lean), rng.uniform(0, 25), rng.normal(0, 12))
    root = np.zeros((1, 3))
    root[0, 2] = 0.1
    low = 0.06
    ankles = {}
    for side, sign in SIDES.items():
        ankles[side] = {
            "out": np.array([sign * rng.uniform(0.06, 0.35), -long * 0.97, low + 0.02]),
            "crossed": np.array([-sign * 0.08, -long * rng.uniform(0.33, 0.42), low]),
            "drawn": np.array([sign * rng.uniform(0.05, 0.2), -long * rng.uniform(0.4, 0.75), low]),
        }[legs]
    knees = np.array([1.0, -0.2, 0.35]) if legs == "crossed" else np.array([0.2, 0.0, 1.0])
    foot = turn("x", 30.0 if legs == "crossed" else 0.0)
    turns |= planted(student, turns, root, ankles, knees, dict.fromkeys(SIDES, foot))
    if lean < -12:
        place = np.array([0.22, 0.32 * long / 0.8, 0.07])
        return Posture(turns | hands_at(student, turns, root, place, -FLAT_HANDS), root)
    if legs != "out" or rng.random() < 0.4:
        return Posture(turns | arms(student.figure, turns, root, "thighs", np.zeros(1)), root)
    aim = pointing(np.array([0.1, -1.0, rng.uniform(-0.6, 0.2)]), rng.uniform(0, 0.4), ELBOW_OUT)
    return Posture(turns | arms_to(student.figure, turns, root, aim), root)


def kneel(student: Student, rng: np.random.Generator) -> Posture:
    """Kneeling upright, sitting on the heels, or on all fours."""
    turns, root = kneeling(
        student, rng, float(rng.choice([rng.uniform(0, 1), 1.0])), rng.normal(6, 8)
    )
    if rng.random() < 0.4:
        turns = trunk(turn("x", rng.normal(82, 5)), rng.normal(4, 8), rng.normal(-20, 15))
        turns |= _shins(turns, 86.0)
        below = 0.93 * Limb.arm(student.figure, "L").reach
        aim = pointing(np.array([0.1, -1.0, rng.normal(0, 0.15)]), 0.02, np.array([0.3, 0, -1.0]))
        return Posture(
            turns | arms_to(student.figure, turns, root + np.array([0, 0, below]), aim), root
        )
    hands = str(rng.choice(["thighs", "hips", "chest", "down"]))
    if hands == "down":
        aim = pointing(np.array([0.2, -0.1, -1.0]), rng.uniform(0, 0.4), ELBOW_OUT)
        return Posture(turns | arms_to(student.figure, turns, root, aim), root)
    return Posture(turns | arms(student.figure, turns, root, hands, np.zeros(1)), root)


def kneeling(
    student: Student, rng: np.random.Generator, high: float, lean_deg: float,
    spread_deg: float = 5.0,
):  # fmt: skip
    """A kneeling trunk, on the heels at 0 and upright at 1: turns and root, knees near y = 0."""
    turns = trunk(turn("x", lean_deg), abs(lean_deg) * 0.4 + rng.normal(2, 4), rng.normal(0, 8))
    hip = 80 - 75 * high
    turns |= _shins(turns, hip + lean_deg, spread_deg)
    return turns, np.zeros((1, 3))


def _shins(turns: dict, hip_deg: float, spread_deg: float = 5.0) -> dict[str, np.ndarray]:
    """Legs with the shins level behind the knees."""
    out: dict[str, np.ndarray] = {}
    for side, sign in SIDES.items():
        thigh = turns["root"] @ turn("y", -sign * spread_deg) @ turn("x", -hip_deg)
        out |= {f"upperleg01.{side}": thigh}
        out |= {f"lowerleg01.{side}": turn("x", np.array([88.0]))}
        out |= {f"foot.{side}": turn("x", np.array([140.0]))}
    return out


def helper(student: Student, rng: np.random.Generator) -> Posture:
    """Kneeling or crouching, both hands on another's ankles at (0, -0.35 to -0.5)."""
    if rng.random() < 0.3:
        return crouch(student, rng, 0.12)
    turns, root = kneeling(student, rng, rng.uniform(0.0, 0.5), rng.uniform(25, 50))
    arm = Limb.arm(student.figure, "L").reach
    root[:, 2] -= student.lowest(Posture(turns, root), "foot")
    shoulder = bone_heads(student.figure, turns, root)["upperarm01.L"][0]
    place = np.array([rng.uniform(0.06, 0.14), shoulder[1] - arm * rng.uniform(0.3, 0.7), 0.12])
    return Posture(turns | hands_at(student, turns, root, place, np.array([0, -0.7, -0.7])), root)
