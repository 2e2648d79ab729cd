"""The exercises as one student does them today: ways out and back, faults, tempo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from models.gym.arms import Reach, Trunk
from models.gym.exercises import Habit, Slips, push_up, sit_up, squat
from models.gym.faults import FAULTY, KINDS
from models.gym.groundwork import plank
from models.gym.limbs import SIDES, Limb
from models.gym.moves import lying, standing
from models.gym.moves.joints import Skeleton, anchored, grounded, middle
from models.gym.moves.path import DEPTH, STEPS, Path, chain, kept
from models.gym.student import Posture
from models.gym.upright import crouch

# Slowest and fastest, repetitions a second.
TEMPO_HZ = {
    "sit-up": (0.25, 1.2), "crunch": (0.3, 1.5), "v-sit-up": (0.25, 0.9), "push-up": (0.25, 2.2),
    "hand-release push-up": (0.2, 0.7), "squat": (0.25, 1.2), "lunge": (0.25, 0.9),
    "pull-up": (0.2, 1.1), "curl": (0.25, 1.4), "jumping jack": (0.6, 2.0), "burpee": (0.16, 0.6),
    "rope skipping": (1.7, 4.0), "plank": (0.5, 1.0),
}  # fmt: skip
LEVELS = {
    "sit-up": "lie", "crunch": "lie", "v-sit-up": "lie", "push-up": "support",
    "hand-release push-up": "support", "plank": "support", "pull-up": "hang",
}  # fmt: skip
LEG_M = 0.8  # hip to ankle of the student whose lengths are given below


@dataclass(frozen=True)
class Drill:
    """One exercise of one student.

    Attributes:
        level: posture it begins and ends in: "stand", "lie", "support" or "hang".
        ways: taken in turn.
        faulty: the same ways with a fault.
    """

    exercise: str
    level: str
    ways: tuple[Path, ...]
    faulty: dict[str, tuple[Path, ...]] = field(default_factory=dict)

    @property
    def rest(self) -> np.ndarray:
        """The joints at rest, (1, 17, 3)."""
        return self.ways[0].out[:1]


def drill(skeleton: Skeleton, rng: np.random.Generator, exercise: str) -> Drill:
    """A random style of the exercise."""
    ways, faulty = _STYLES[exercise](skeleton, rng)
    return Drill(exercise, LEVELS.get(exercise, "stand"), ways, faulty)


Ways = tuple[Path, ...]
Styles = tuple[Ways, dict[str, Ways]]


def _faulty(skeleton: Skeleton, rng: np.random.Generator, exercise: str) -> dict[str, Ways]:
    """Two of the exercise's faults."""
    out: dict[str, Ways] = {}
    for kind in rng.choice(KINDS[exercise], 2, replace=False):
        joints = skeleton(FAULTY[exercise](skeleton.student, DEPTH, rng, str(kind)))
        if exercise == "push-up":
            joints = grounded(joints)
            joints = anchored(joints, "hands", middle(joints[:1], "hands"))
        out[str(kind)] = (Path.to_and_fro(joints),)
    return out


def _swinging_arms(trunk: Trunk, side: str) -> Reach:
    """Arms overhead at rest that come forward with the trunk."""
    sign, chest = SIDES[side], trunk.turns["spine01"]
    angle = np.radians(165 - 80 * trunk.depth)
    way = np.stack([0.15 * sign + 0 * angle, -np.sin(angle), -np.cos(angle)], 1)
    towards = np.einsum("fij,fj->fi", chest, way)
    length = 0.93 * Limb.arm(trunk.figure, side).reach
    return Reach(trunk.heads[f"upperarm01.{side}"] + length * towards,
                 chest @ np.array([sign, 0.4, 0.3]), towards,
                 chest @ np.array([-sign, 0.0, 0.0]))  # fmt: skip


def _sit_up(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    habit = Habit.random(rng, "sit-up")
    habit = replace(habit, knee_deg=float(rng.choice([habit.knee_deg, rng.uniform(55, 130)])))
    slips = Slips(reach=_swinging_arms) if rng.random() < 0.15 else Slips()
    path = Path.of(skeleton, lambda depth: sit_up(skeleton.student, depth, habit, slips))
    return (path,), _faulty(skeleton, rng, "sit-up")


def _crunch(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    habit, height, level = Habit.random(rng, "sit-up"), rng.uniform(0.3, 0.46), rng.random() < 0.35
    return (
        Path.of(skeleton, lambda d: lying.crunch(skeleton.student, d, habit, height, level)),
    ), {}


def _v_sit_up(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    trunk, legs, knee = (
        rng.uniform(38, 62),
        rng.uniform(38, 68),
        rng.choice([3, rng.uniform(0, 60)]),
    )
    path = Path.of(skeleton, lambda d: lying.v_sit_up(skeleton.student, d, trunk, legs, knee))
    joints = grounded(path.out)
    return (Path.to_and_fro(joints),), {}


def _push_up(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    habit, student = Habit.random(rng, "push-up"), skeleton.student
    habit = replace(habit, width=float(rng.choice([habit.width, rng.uniform(0.6, 1.9)])))
    if rng.random() < 0.15:  # on the knees, as many children do
        joints = grounded(skeleton(FAULTY["push-up"](student, DEPTH, rng, "knees")))
        joints = anchored(joints, "hands", middle(joints[:1], "hands"))
        return (Path.to_and_fro(joints),), {}
    return (Path.of(skeleton, lambda d: push_up(student, d, habit)),), _faulty(
        skeleton, rng, "push-up"
    )


def _hand_release(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    out = float(rng.choice([0.0, 1.0]))
    return (
        lying.hand_release(skeleton, Habit.random(rng, "push-up"), rng.uniform(0.05, 0.14), out),
    ), {}


def _squat(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    habit = Habit.random(rng, "squat")
    path = Path.of(skeleton, lambda depth: squat(skeleton.student, depth, habit))
    return (path,), _faulty(skeleton, rng, "squat")


def _lunge(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    lead, split = str(rng.choice(list(SIDES))), rng.random() < 0.25
    style = standing.Lunge(
        lead, float(rng.choice([1, 1, -1])), rng.uniform(0.75, 1.1), split, rng.uniform(0, 18),
        str(rng.choice(["hips", "hips", "down", "down", "chest", "head"])),
    )  # fmt: skip
    styles = [style]
    if not split and rng.random() < 0.6:
        styles.append(replace(style, lead="R" if lead == "L" else "L"))
    ways = (skeleton(style.posture(skeleton.student, DEPTH)) for style in styles)
    return tuple(Path.to_and_fro(way) for way in ways), {}


def _pull_up(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    wide, lean = rng.uniform(0.95, 1.7), rng.normal(-4, 5)
    tuck = rng.choice([4.0, rng.uniform(0, 90)])
    return (
        Path.of(skeleton, lambda d: standing.pull_up(skeleton.student, d, wide, tuck, lean)),
    ), {}


def _curl(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    angles = rng.uniform(150, 174), rng.uniform(32, 62), rng.uniform(0, 30)
    arms = str(rng.choice(["both", "both", "alternate", "L", "R"]))
    sides = {"both": ["LR"], "alternate": ["L", "R"]}.get(arms, [arms])

    ways = []
    for moving in sides:
        each = {side: DEPTH * (side in moving) for side in SIDES}
        ways.append(grounded(skeleton(standing.curl(skeleton.student, each, *angles))))
    return tuple(Path.to_and_fro(way) for way in ways), {}


def _hopping(skeleton: Skeleton, posture: Posture) -> np.ndarray:
    """The joints of a posture whose root's height is that of a hop."""
    joints = grounded(skeleton(posture))
    joints[..., 2] += posture.root[:, 2:3]
    return anchored(joints, "seat", np.zeros((1, 2)))


def _jumping_jack(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    style = rng.uniform(14, 32), rng.uniform(115, 172), rng.uniform(0.02, 0.12)
    joints = _hopping(skeleton, standing.jumping_jack(skeleton.student, DEPTH, *style))
    return (Path.to_and_fro(joints),), {}


def _rope(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    size = _size(skeleton)
    hands = size * np.array([rng.uniform(0.12, 0.3), -rng.uniform(0.05, 0.28), rng.uniform(0, 0.2)])
    style = (
        size * rng.uniform(0.04, 0.16),
        rng.uniform(8, 30),
        hands,
        size * rng.uniform(0.02, 0.09),
    )
    half = np.linspace(0, np.pi, STEPS)
    return (Path(*(
        _hopping(skeleton, standing.rope_skip(skeleton.student, phase, *style))
        for phase in (half, 2 * np.pi - half)
    )),), {}  # fmt: skip


def _burpee(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    student, habit = skeleton.student, Habit.random(rng, "push-up")
    up = grounded(skeleton(standing.standing(student, 1, rng.uniform(0.1, 0.3), 0.15)))
    down = kept(up, grounded(skeleton(crouch(student, rng))), "feet")
    press = skeleton(push_up(student, np.array([0.0, 1.0]), habit))
    press = press + (middle(down, "hands") - middle(press[:1], "hands"))[:, None] * [1, 1, 0]
    deep = rng.random() < 0.6
    knots, poses = ([0, 0.3, 0.65, 1.0], [up, down, press[:1], press[1:]]) if deep else (
        [0, 0.45, 1.0], [up, down, press[:1]])  # fmt: skip
    out = chain(DEPTH, knots, poses)
    if rng.random() < 0.2:
        return (Path.to_and_fro(out),), {}
    top = standing.jumping_jack(student, np.ones(1), 6.0, rng.uniform(120, 170), 0.0)
    top = kept(up, grounded(skeleton(top)), "feet") + np.array([0, 0, rng.uniform(0.05, 0.3)])
    knots, poses = [0, 0.07, 0.16, *knots[1:]], [up, top, up, *poses[1:]]
    return (Path(out, chain(DEPTH, knots, poses)),), {}


def _plank(skeleton: Skeleton, rng: np.random.Generator) -> Styles:
    """A hold: the same joints at every depth."""
    if rng.random() < 0.3:
        posture = push_up(skeleton.student, np.zeros(1), Habit.random(rng, "push-up"))
    else:
        posture = plank(skeleton.student, rng)
    joints = np.repeat(grounded(skeleton(posture)), STEPS, axis=0)
    return (Path.to_and_fro(joints),), {}


def _size(skeleton: Skeleton) -> float:
    return Limb.leg(skeleton.student.figure, "L").reach / LEG_M


_STYLES: dict[str, Callable[[Skeleton, np.random.Generator], Styles]] = {
    "sit-up": _sit_up, "crunch": _crunch, "v-sit-up": _v_sit_up, "push-up": _push_up,
    "hand-release push-up": _hand_release, "squat": _squat, "lunge": _lunge, "pull-up": _pull_up,
    "curl": _curl, "jumping jack": _jumping_jack, "burpee": _burpee, "plank": _plank,
    "rope skipping": _rope,
}  # fmt: skip
EXERCISES = tuple(_STYLES)
