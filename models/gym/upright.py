"""Movements on the feet or from a bar, as single pictures; the figure faces -y on z = 0."""

from __future__ import annotations

import numpy as np

from models.gym.arms import arms, arms_to, bone_heads, pointing
from models.gym.exercises import EXERCISES, Habit, bent_trunk, sole
from models.gym.limbs import SIDES, Limb, hand_turn, turn
from models.gym.student import Posture, Student

ELBOW_OUT = np.array([0.8, 0.5, -0.2])
Ankles = dict[str, np.ndarray]


def trunk(pelvis: np.ndarray, spine_deg: float, neck_deg: float) -> dict[str, np.ndarray]:
    """Turns of one frame's pelvis (3, 3), spine and head; positive angles bend forward."""
    return bent_trunk(pelvis[None], np.array([spine_deg]), np.array([neck_deg]))


def planted(
    student: Student, turns: dict, root: np.ndarray, ankles: Ankles, knees: np.ndarray,
    feet: dict[str, np.ndarray],
) -> dict[str, np.ndarray]:  # fmt: skip
    """Turns of legs that reach for the ankles (3,), knees towards (3,), feet turned (3, 3)."""
    heads = bone_heads(student.figure, turns, root)
    out: dict[str, np.ndarray] = {}
    for side, sign in SIDES.items():
        pole = knees * np.array([sign, 1.0, 1.0])
        leg = Limb.leg(student.figure, side)
        out |= leg.solve(heads[f"upperleg01.{side}"], ankles[side][None], pole)
        out[f"foot.{side}"] = feet[side][None]
    return out


def leg_length(student: Student) -> float:
    """Hip to ankle with the knee straight, metres."""
    return Limb.leg(student.figure, "L").reach


def hip_height(student: Student) -> float:
    """Height of the hip joints over the root, metres; mostly below it."""
    return float((student.figure.joint("upperleg01.L") - student.figure.joint("root"))[2])


def swinging_legs(turns: dict, hip_deg: dict, knee_deg: dict, out_deg: dict) -> dict:
    """Legs from joint angles: forward at the hip, bent at the knee, spread to the side."""
    out: dict[str, np.ndarray] = {}
    for side, sign in SIDES.items():
        thigh = turns["root"] @ turn("y", -sign * out_deg[side]) @ turn("x", -hip_deg[side])
        shin = thigh @ turn("x", knee_deg[side])
        out |= {f"upperleg01.{side}": thigh, f"lowerleg01.{side}": shin}
        out[f"foot.{side}"] = shin @ turn("x", 8.0)
    return out


def jumping_jack(student: Student, rng: np.random.Generator) -> Posture:
    """Feet and arms anywhere between together and apart, on the floor or off it."""
    apart = rng.choice([0.0, 1.0, rng.random(), rng.random()])
    turns = trunk(turn("x", rng.normal(2, 4)), rng.normal(0, 4), rng.normal(0, 8))
    spread, knee = 3 + 24 * apart, abs(rng.normal(6, 10))
    turns |= swinging_legs(
        turns,
        dict.fromkeys(SIDES, knee * 0.5),
        dict.fromkeys(SIDES, knee),
        dict.fromkeys(SIDES, spread),
    )
    angle = np.radians(8 + (rng.uniform(140, 172) - 8) * apart)
    way = np.array([np.sin(angle), -0.1, -np.cos(angle)])
    turns |= arms_to(
        student.figure, turns, np.zeros((1, 3)), pointing(way, rng.uniform(0, 0.5), ELBOW_OUT),
        24 * apart,
    )  # fmt: skip
    return Posture(turns, np.array([[0.0, 0.0, rng.choice([0.0, rng.uniform(0, 0.15)])]]))


def lunge(student: Student, rng: np.random.Generator) -> Posture:
    """One foot far in front, from nearly standing to the back knee near the floor."""
    low, long, lead = rng.random(), leg_length(student), str(rng.choice(list(SIDES)))
    lean = rng.normal(5, 7)
    turns = trunk(turn("x", lean), rng.normal(2, 4), rng.normal(-4, 8))
    root = np.array([[0.0, 0.0, sole(student) + long * (0.92 - 0.42 * low) - hip_height(student)]])
    step, ankle = long * (0.38 + 0.17 * low), sole(student)
    ankles, feet = {}, {}
    for side, sign in SIDES.items():
        ahead = side == lead
        ankles[side] = np.array(
            [sign * 0.09, -step if ahead else step * 1.05, ankle + (0 if ahead else 0.07)]
        )
        feet[side] = (
            turn("z", sign * rng.uniform(0, 12)) if ahead else turn("x", rng.uniform(35, 60))
        )
    turns |= planted(student, turns, root, ankles, np.array([0.1, -1.0, -0.35]), feet)
    hands = str(rng.choice(["hips", "hips", "chest", "head", "down", "down"]))
    turns |= _hands(student, turns, root, hands, rng)
    return Posture(turns, root)


def _hands(student: Student, turns: dict, root: np.ndarray, hands: str, rng) -> dict:
    if hands != "down":
        return arms(student.figure, turns, root, hands, np.zeros(1))
    way = np.array([rng.uniform(0.1, 0.35), rng.normal(-0.1, 0.25), -1.0])
    return arms_to(student.figure, turns, root, pointing(way, rng.uniform(0, 0.4), ELBOW_OUT))


def stand(student: Student, rng: np.random.Generator) -> Posture:
    """Standing about: weight on one leg, hands at the sides, on hips, crossed, waving."""
    turns = trunk(
        turn("x", rng.normal(2, 4)) @ turn("y", rng.normal(0, 3)),
        rng.normal(4, 6),
        rng.normal(5, 12),
    )
    bend = {side: abs(rng.normal(0, 7)) for side in SIDES}
    turns |= swinging_legs(
        turns, {side: bend[side] * 0.6 for side in SIDES}, bend,
        {side: rng.uniform(1, 12) for side in SIDES},
    )  # fmt: skip
    root = np.zeros((1, 3))
    hands = str(rng.choice(["down", "down", "down", "hips", "chest", "head", "up"]))
    if hands == "up":
        way = np.array([rng.uniform(-0.1, 0.5), rng.uniform(-0.5, 0.2), 1.0])
        lifted = arms_to(student.figure, turns, root, pointing(way, rng.random(), ELBOW_OUT), 24)
        turns |= _hands(student, turns, root, "down", rng)
        for side in SIDES if rng.random() < 0.5 else ["L"]:
            turns |= {bone: value for bone, value in lifted.items() if bone.endswith(side)}
    else:
        turns |= _hands(student, turns, root, hands, rng)
    return Posture(turns, root)


def walk(student: Student, rng: np.random.Generator) -> Posture:
    """A phase of walking or running."""
    phase, run = rng.uniform(0, 2 * np.pi), rng.random() < 0.35
    size = rng.uniform(30, 55) if run else rng.uniform(14, 30)
    turns = trunk(turn("x", 10 if run else 3), rng.normal(3, 3), rng.normal(-2, 6))
    hip, knee = {}, {}
    for side, sign in SIDES.items():
        angle = phase + (0 if sign > 0 else np.pi)
        hip[side] = size * np.sin(angle) + (8 if run else 3)
        knee[side] = 8 + (95 if run else 50) * max(0.0, np.cos(angle)) ** 1.5
    turns |= swinging_legs(turns, hip, knee, dict.fromkeys(SIDES, rng.uniform(0, 3)))
    root = np.zeros((1, 3))
    for side, sign in SIDES.items():
        swing = np.radians(size * 0.9 * np.sin(phase + (np.pi if sign > 0 else 0)))
        way = np.array([0.15, -np.sin(swing), -np.cos(swing)])
        bend = 0.75 if run else rng.uniform(0.05, 0.3)
        both = arms_to(student.figure, turns, root, pointing(way, bend, np.array([0.4, 1.0, -0.4])))
        turns |= {bone: value for bone, value in both.items() if bone.endswith(side)}
    return Posture(turns, root)


def pull_up(student: Student, rng: np.random.Generator) -> tuple[Posture, np.ndarray]:
    """Hanging from a bar along x, from straight arms to the chin above it; also the bar's place."""
    high, figure = rng.choice([0.0, rng.random(), rng.random(), 1.0]), student.figure
    turns = trunk(turn("x", rng.normal(-4, 6)), rng.normal(-4, 5), -12 * high + rng.normal(0, 5))
    tuck = rng.choice([0.0, rng.uniform(0, 80)])
    hip, knee = abs(rng.normal(6, 8)) + 0.3 * tuck, abs(rng.normal(8, 8)) + tuck
    turns |= swinging_legs(
        turns, dict.fromkeys(SIDES, hip), {side: knee + rng.normal(0, 8) for side in SIDES},
        dict.fromkeys(SIDES, rng.uniform(0, 5)),
    )  # fmt: skip
    root = np.array([[0.0, 0.0, 2.0]])
    shoulder = bone_heads(figure, turns, root)["upperarm01.L"][0]
    reach, wide = Limb.arm(figure, "L").reach, shoulder[0] * rng.uniform(0.9, 1.6)
    rise = (
        np.sqrt(max((0.97 * reach) ** 2 - (wide - shoulder[0]) ** 2, 0)) * (1 - 0.8 * high) + 0.05
    )
    bar = np.array([0.0, shoulder[1] - 0.08 - 0.08 * high, shoulder[2] + rise])
    palm = np.array([0, -1.0, 0]) * rng.choice([1, 1, -1])
    for side, sign in SIDES.items():
        turns |= {f"clavicle.{side}": turns["spine01"] @ turn("y", -sign * 18.0)}
    for side, sign in SIDES.items():
        start = bone_heads(figure, turns, root)[f"upperarm01.{side}"]
        grip = (bar + np.array([sign * wide, 0.0, -0.06]))[None]
        turns |= Limb.arm(figure, side).solve(start, grip, np.array([sign * 0.8, -0.5, -1.0]))
        turns[f"wrist.{side}"] = hand_turn(figure, side, np.array([0.0, 0, 1.0]), palm)[None]
    feet = float(student.lowest(Posture(turns, root), "foot")[0])
    down = np.array([0, 0, feet - rng.uniform(0.03, 0.4)])
    return Posture(turns, root - down), bar - down


def burpee(student: Student, rng: np.random.Generator) -> Posture:
    """One of its parts: the jump, the crouch with the hands down, the support.

    The root's height is how high it jumps, 0 for the parts on the floor.
    """
    part = str(rng.choice(["jump", "crouch", "support"]))
    if part != "jump":
        if part == "support":
            depth, habit = np.array([rng.random()]), Habit.random(rng, "push-up")
            down = EXERCISES["push-up"](student, depth, habit)
        else:
            down = crouch(student, rng)
        return Posture(down.turns, down.root * [1, 1, 0])
    turns = trunk(turn("x", rng.normal(-3, 5)), rng.normal(-4, 5), rng.normal(-10, 8))
    turns |= swinging_legs(
        turns, dict.fromkeys(SIDES, abs(rng.normal(5, 10))),
        dict.fromkeys(SIDES, abs(rng.normal(10, 15))), dict.fromkeys(SIDES, rng.uniform(0, 8)),
    )  # fmt: skip
    way = np.array([rng.uniform(0.0, 0.3), rng.uniform(-0.4, 0.1), 1.0])
    turns |= arms_to(student.figure, turns, np.zeros((1, 3)),
                     pointing(way, rng.uniform(0, 0.3), ELBOW_OUT), 24)  # fmt: skip
    return Posture(turns, np.array([[0.0, 0.0, rng.uniform(0, 0.3)]]))


def crouch(student: Student, rng: np.random.Generator, hand_m: float = 0.06) -> Posture:
    """Squatting deep, the hands on the floor before the feet."""
    long, ankle = leg_length(student), sole(student)
    turns = trunk(turn("x", rng.uniform(55, 85)), rng.uniform(10, 30), rng.uniform(-45, -15))
    root = np.array([[0.0, 0.1 * long, ankle + long * rng.uniform(0.42, 0.62)]])
    wide = rng.uniform(0.1, 0.2)
    ankles = {s: np.array([sign * wide, 0.02, ankle]) for s, sign in SIDES.items()}
    feet = {s: turn("z", sign * 12.0) for s, sign in SIDES.items()}
    turns |= planted(student, turns, root, ankles, np.array([0.35, -1.0, 0.3]), feet)
    place = np.array([rng.uniform(0.1, 0.2), -long * rng.uniform(0.35, 0.6), hand_m])
    return Posture(turns | hands_at(student, turns, root, place, np.array([0, -1.0, -0.1])), root)


def hands_at(
    student: Student, turns: dict, root: np.ndarray, place: np.ndarray, fingers: np.ndarray
) -> dict[str, np.ndarray]:
    """Turns of arms that put the left wrist at `place` (3,), the right one mirrored, palms down."""
    heads = bone_heads(student.figure, turns, root)
    out: dict[str, np.ndarray] = {}
    for side, sign in SIDES.items():
        mirror = np.array([sign, 1.0, 1.0])
        arm = Limb.arm(student.figure, side)
        elbow = np.array([sign * 0.7, 0.6, 0.2])
        out |= arm.solve(heads[f"upperarm01.{side}"], (place * mirror)[None], elbow)
        palm = np.array([0, 0, -1.0])
        out[f"wrist.{side}"] = hand_turn(student.figure, side, fingers * mirror, palm)[None]
    return out
