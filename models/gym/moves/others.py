"""What is no exercise: cycles to and fro that resemble one, and poses one after another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.gym import groundwork, postures, upright
from models.gym.arms import arms
from models.gym.exercises import Habit, push_up
from models.gym.limbs import SIDES, turn
from models.gym.moves.joints import Skeleton, grounded
from models.gym.moves.path import DEPTH, Path
from models.gym.moves.reach import aimed, both, leaning, posed
from models.gym.moves.standing import standing
from models.gym.student import Posture, Student
from models.gym.upright import swinging_legs

# Poses by posture, each a function of the student and a random generator.
POSES: dict[str, tuple[Callable[[Student, np.random.Generator], Posture], ...]] = {
    "stand": (upright.stand,), "walk": (upright.walk,), "sit": (groundwork.sit,),
    "lie": (groundwork.lie,), "kneel": (groundwork.kneel,), "crouch": (upright.crouch,),
    "helper": (groundwork.helper,), "pick": (upright.stand, upright.crouch),
    "stretch": (upright.lunge, upright.stand, upright.crouch, upright.jumping_jack),
    "dance": (upright.stand, upright.walk, upright.lunge, upright.jumping_jack, upright.crouch),
}  # fmt: skip
FREE = ("stand", "stand", "kneel", "sit", "fours")


def pose(skeleton: Skeleton, rng: np.random.Generator, kind: str) -> np.ndarray:
    """A random pose of POSES, or of any joint angles ("free"): joints (1, 17, 3) on the floor."""
    if kind == "free" or (kind == "dance" and rng.random() < 0.4):
        stance = "stand" if kind == "dance" else str(rng.choice(FREE))
        return grounded(skeleton(postures.free(skeleton.student, rng, stance)))
    makers = POSES[kind]
    return grounded(skeleton(makers[int(rng.integers(len(makers)))](skeleton.student, rng)))


def gait(skeleton: Skeleton, rng: np.random.Generator, phase: np.ndarray, kind: str) -> np.ndarray:
    """Walking, "jog" or high knees ("march") on the spot at the step cycle's phase (frames,)."""
    run = kind == "jog"
    size = {"walk": rng.uniform(14, 28), "jog": rng.uniform(12, 40), "march": 0.0}[kind]
    knees = {"walk": rng.uniform(35, 55), "jog": rng.uniform(45, 100), "march": 85.0}[kind]
    lift = rng.uniform(40, 85) if kind == "march" else 0.0
    turns = leaning(np.full(len(phase), 7.0 if run else 2.0), 3 + 0 * phase, 0 * phase)
    hip, knee = {}, {}
    for side, sign in SIDES.items():
        angle = phase + (0 if sign > 0 else np.pi)
        up = np.maximum(0.0, np.cos(angle)) ** 1.5
        hip[side] = size * np.sin(angle) + (8 if run else 3) + lift * up
        knee[side] = 8 + knees * up
    turns |= swinging_legs(turns, hip, knee, both(2 + 0 * phase))
    swing, ways = np.radians(max(size, 15.0) * 0.9) * np.sin(phase), {}
    for side, sign in SIDES.items():
        way = np.stack([0.15 * sign + 0 * phase, sign * np.sin(swing), -np.cos(swing)], 1)
        ways[side] = way
    bend = rng.uniform(0.5, 0.8) if run else rng.uniform(0.02, 0.3)
    turns |= aimed(skeleton.student, turns, ways, bend, elbow=np.array([0.4, 1.0, -0.4]))
    joints = grounded(skeleton(posed(turns, len(phase))))
    if run:
        joints[..., 2] += (rng.uniform(0.0, 0.08) * np.abs(np.sin(phase)))[:, None]
    return joints


def _bow(student: Student, d: np.ndarray, rng: np.random.Generator) -> Posture:
    """Bending forward on straight legs, the hands towards the feet."""
    deep = rng.uniform(40, 100)
    turns = leaning(0.6 * deep * d, 0.4 * deep * d, 0.1 * deep * d)
    legs = turns["root"] @ turn("x", -0.6 * deep * d)
    turns |= swinging_legs({"root": legs}, both(0 * d), both(4 + 0 * d),
                           both(5 + 0 * d))  # fmt: skip
    angle = np.radians(8 + 40 * d)
    way = np.stack([0.12 + 0 * d, -np.sin(angle), -np.cos(angle)], 1)
    turns |= aimed(student, turns, {s: way * [x, 1, 1] for s, x in SIDES.items()}, 0.05)
    return posed(turns, len(d))


def _arms(student: Student, d: np.ndarray, rng: np.random.Generator) -> Posture:
    """Standing: the arms between two directions, as in swings, presses, circles and claps."""
    base = standing(student, len(d), 0.15, 0.1)
    ends = rng.normal((0.3, -0.3, 0.0), 1, (2, 3))
    bends = rng.uniform(0, 0.9, 2)
    mirrored, ways = rng.random() < 0.75, {}
    for side, sign in SIDES.items():
        if sign < 0 and not mirrored:
            ends = rng.normal((0.3, -0.3, 0.0), 1, (2, 3))
        way = ends[0] + (ends[1] - ends[0]) * d[:, None]
        ways[side] = (way + np.array([0, -0.5, 0]) * (d * (1 - d))[:, None]) * [sign, 1, 1]
    bend = bends[0] + (bends[1] - bends[0]) * d
    turns = {**base.turns, **aimed(student, dict(base.turns), ways, bend, 8.0)}
    return Posture(turns, base.root)


def _clap(student: Student, d: np.ndarray, rng: np.random.Generator) -> Posture:
    base, high = standing(student, len(d), 0.15, 0.1), rng.choice([-0.3, 0.0, 0.9])
    way = np.stack([-0.25 + 0.9 * d, -0.9 + 0.1 * d, high + 0 * d], 1)
    ways = {side: way * [sign, 1, 1] for side, sign in SIDES.items()}
    return Posture({**base.turns, **aimed(student, dict(base.turns), ways, 0.5)}, base.root)


def _sideways(student: Student, d: np.ndarray, rng: np.random.Generator) -> Posture:
    """Bends or turns the trunk to one side and the other, the hands on the hips or anywhere."""
    base, size = standing(student, len(d), 0.2, 0.2), rng.uniform(20, 45)
    axis, turns = str(rng.choice(["y", "z"])), dict(base.turns)
    for step, bone in enumerate(("spine05", "spine04", "spine03", "spine02", "spine01"), 1):
        turns[bone] = turns[bone] @ turn(axis, (2 * d - 1) * size * step / 5)
    for bone in ("neck01", "neck02", "neck03", "head"):
        turns[bone] = turns["spine01"]
    hands = str(rng.choice(["hips", "head", "chest"]))
    turns = {
        b: v
        for b, v in turns.items()
        if not b.startswith(("clavicle", "upperarm", "lower", "wrist")) or b.startswith("lowerleg")
    }
    return Posture(turns | arms(student.figure, turns, base.root, hands, 0 * d), base.root)


def _legs_up(student: Student, d: np.ndarray, rng: np.random.Generator) -> Posture:
    """Lying on the back, the legs rise."""
    still = 0 * d
    turns = leaning(still - 89, still + 2, still + 3)
    high, knee = rng.uniform(35, 95), rng.choice([3.0, rng.uniform(5, 90)])
    one = rng.random() < 0.3
    hip = {side: high * (1 - d if one and sign < 0 else d) for side, sign in SIDES.items()}
    turns |= swinging_legs(turns, hip, both(knee * d + 3), both(3 + still))
    way = np.tile([0.25, 0.02, -1.0], (len(d), 1))
    turns |= aimed(student, turns, {s: way * [x, 1, 1] for s, x in SIDES.items()}, 0.05)
    return posed(turns, len(d))


def _bridge(student: Student, d: np.ndarray, rng: np.random.Generator) -> Posture:
    """On the back with the feet on the floor, the hips rise."""
    lift, knee = rng.uniform(15, 34) * d, rng.uniform(75, 105)
    turns = leaning(-89 - lift, 0.35 * lift, 0.55 * lift)
    turns |= swinging_legs(turns, both(knee / 2 - 1.3 * lift), both(knee + 0 * d),
                           both(5 + 0 * d))  # fmt: skip
    way = np.tile([0.3, 0.05, -1.0], (len(d), 1))
    turns |= aimed(student, turns, {s: way * [x, 1, 1] for s, x in SIDES.items()}, 0.05)
    return posed(turns, len(d))


def _climber(student: Student, d: np.ndarray, rng: np.random.Generator) -> Posture:
    """In support, the knees are drawn up in turn."""
    base = push_up(student, 0 * d, Habit.random(rng, "push-up"))
    turns, size = dict(base.turns), rng.uniform(50, 110)
    for side, sign in SIDES.items():
        up = np.maximum(0, (2 * d - 1) * sign)
        thigh = turns["root"] @ turn("x", -size * up)
        turns |= {f"upperleg01.{side}": thigh, f"lowerleg01.{side}": thigh @ turn("x", size * up)}
        turns[f"foot.{side}"] = turns[f"lowerleg01.{side}"]
    return Posture(turns, base.root)


def _bounce(student: Student, d: np.ndarray, rng: np.random.Generator) -> Posture:
    """Jumps on a bed or for joy, with the arms anywhere; the root's height is the jump's."""
    base = _arms(student, d, rng)
    turns, bend = dict(base.turns), rng.uniform(10, 60) * (1 - d)
    turns |= swinging_legs(
        turns,
        both(0.5 * bend),
        both(bend),
        both(5 + 0 * d),
    )
    return posed(turns, len(d), rng.uniform(0.1, 0.4) * np.clip(2 * d - 1, 0, 1))


CYCLES = {
    "bow": (_bow, "stand", (0.15, 1.0)), "arms": (_arms, "stand", (0.3, 3.0)),
    "clap": (_clap, "stand", (0.8, 3.5)), "sideways": (_sideways, "stand", (0.2, 1.2)),
    "legs up": (_legs_up, "lie", (0.2, 1.2)), "bridge": (_bridge, "lie", (0.2, 1.0)),
    "climber": (_climber, "support", (0.4, 2.0)), "bounce": (_bounce, "stand", (0.8, 1.8)),
}  # fmt: skip


def cycle(skeleton: Skeleton, rng: np.random.Generator, kind: str) -> Path:
    """A movement to and fro that is no exercise."""
    posture = CYCLES[kind][0](skeleton.student, DEPTH, rng)
    joints = grounded(skeleton(posture))
    if kind == "bounce":
        joints[..., 2] += posture.root[:, 2:3]
    return Path.to_and_fro(joints)
