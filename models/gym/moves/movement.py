"""A random student's minute or two: exercises, rests, and everything around them."""

from __future__ import annotations

import numpy as np

from models.gym.motion import ease
from models.gym.moves.drills import EXERCISES, TEMPO_HZ, Drill, drill
from models.gym.moves.joints import Skeleton, anchored, bent, blended, middle, smooth_noise
from models.gym.moves.others import CYCLES, cycle, gait, pose
from models.gym.moves.script import Rhythm, course, draw_set, presence
from models.gym.moves.track import HZ, Joiner, Part, Track3D, eased
from models.gym.student import Student

AGE_YEARS = (6, 60)
WEIGHTS = {
    "sit-up": 3.0, "push-up": 2.5, "squat": 2.5, "rope skipping": 1.5, "plank": 0.7, "lunge": 1.5,
    "curl": 1.5, "burpee": 1.5, "pull-up": 1.3, "hand-release push-up": 0.7,
}  # fmt: skip
OTHER_WEIGHT = 1.2
ABOUT = ("stand", "stand", "sit", "lie", "kneel", "crouch")  # before, between and after
POSTURE_OF = {
    "helper": "kneel",
    "pick": "stand",
    "stretch": "stand",
    "dance": "stand",
    "free": "stand",
}
FASTEST = 3.0  # metres a second of a wrist or foot, on average
STEPS_HZ = {"walk": (1.4, 2.2), "jog": (2.2, 3.4), "march": (1.2, 2.8)}
UNSTEADY = (0.01, 0.035)  # radians


def movement(
    rng: np.random.Generator,
    exercises: tuple[str, ...] | None = None,
    student: Student | None = None,
) -> Track3D:
    """A random student and what they do.

    Args:
        exercises: one set of each in this order; by default none to three random ones.
    """
    student = student or Student.random(rng, AGE_YEARS)
    posture_rad = rng.normal(0, 0.03, (17, 3)) * (np.arange(17) > 0)[:, None]
    skeleton = Skeleton(student, posture_rad)
    if exercises is None:
        weights = np.array([WEIGHTS.get(name, OTHER_WEIGHT) for name in EXERCISES])
        count = int(rng.choice([0, 0, 1, 1, 1, 1, 2, 3]))
        exercises = tuple(rng.choice(EXERCISES, count, p=weights / weights.sum()))
    joiner = Joiner(skeleton, rng)
    joiner.add(_about(skeleton, rng, rng.uniform(0.5, 6)))
    for name in exercises:
        _sets(skeleton, rng, joiner, str(name))
        for _ in range(int(rng.choice([0, 1, 2]))):
            _something_else(skeleton, rng, joiner)
    for _ in range(int(rng.integers(3, 9)) if not exercises else 0):
        _something_else(skeleton, rng, joiner)
    joiner.add(_about(skeleton, rng, rng.uniform(0.5, 4)))
    return joiner.finished()


def _sets(skeleton: Skeleton, rng: np.random.Generator, joiner: Joiner, name: str) -> None:
    """One exercise: a set, sometimes a rest and more of it."""
    work = drill(skeleton, rng, name)
    for number in range(int(rng.choice([1, 1, 1, 2, 3]))):
        if number:
            joiner.add(_about(skeleton, rng, rng.uniform(2, 12)))
        ready = np.repeat(work.rest, _frames(rng.uniform(0.1, 3)), axis=0)
        joiner.add(Part.none(_unsteady(skeleton, rng, ready),
                             "ready", work.level))  # fmt: skip
        joiner.add(
            _hold(skeleton, work, rng) if name == "plank" else repetitions(skeleton, work, rng)
        )


def repetitions(
    skeleton: Skeleton, work: Drill, rng: np.random.Generator, steady: bool = False
) -> Part:
    """A set of an exercise. `steady`: without wavering, for tests."""
    rhythm = Rhythm.random(rng, work.exercise, TEMPO_HZ[work.exercise])
    most = 60 if rhythm.even else 14
    count = int(np.clip(rng.uniform(8, 45) * rhythm.tempo_hz, 2, most * rng.uniform(0.7, 2)))
    reps = draw_set(rng, rhythm, count, len(work.ways), tuple(work.faulty),
                    exact=work.ways[0].one_way)  # fmt: skip
    t_s = np.arange(_frames(reps[-1].end_s) + 1) / HZ
    state = course(reps, rhythm, t_s)
    way = np.array([rep.way for rep in reps])[state.rep]
    joints = np.zeros((len(t_s), 17, 3))
    for number, path in enumerate(work.ways):
        here = way == number
        joints[here] = path.at(state.depth[here], state.back[here])
    for rep in reps:
        if rep.fault in work.faulty:
            here = np.flatnonzero((t_s >= rep.start_s) & (t_s <= rep.end_s))
            path = work.faulty[rep.fault][0]
            wrong = path.at(state.depth[here], state.back[here])
            joints[here] = blended(joints[here], wrong, presence(rep, t_s[here]))
    joints = joints if steady else _unsteady(skeleton, rng, joints)
    return Part(joints, work.exercise, work.exercise, work.level, state.phase, state.inside, reps)


def _hold(skeleton: Skeleton, work: Drill, rng: np.random.Generator) -> Part:
    frames = _frames(rng.uniform(4, 45))
    joints = _unsteady(skeleton, rng, np.repeat(work.rest, frames, axis=0))
    return Part(joints, "plank", "plank", work.level, np.zeros(frames), np.zeros(frames, bool))


def _about(skeleton: Skeleton, rng: np.random.Generator, seconds: float) -> Part:
    """Being about in one posture."""
    kind = str(rng.choice(ABOUT))
    return _poses(skeleton, rng, kind, seconds, (1.5, 6.0))


def _something_else(skeleton: Skeleton, rng: np.random.Generator, joiner: Joiner) -> None:
    """Some seconds of what is no exercise."""
    what = str(rng.choice(["gait", "gait", "cycle", "cycle", "poses", "poses", "turn", "throw"]))
    if what == "gait":
        joiner.add(_gait(skeleton, rng))
    elif what == "cycle":
        joiner.add(_cycle(skeleton, rng))
    elif what == "poses":
        kind = str(
            rng.choice(
                ["helper", "helper", "pick", "stretch", "dance", "dance", "free", "sit", "lie"]
            )
        )
        pace = {
            "dance": (0.25, 0.9),
            "pick": (0.5, 2.5),
            "free": (0.4, 2.0),
            "stretch": (1.5, 5.0),
        }.get(kind, (1, 5))
        joiner.add(_poses(skeleton, rng, kind, rng.uniform(4, 20), pace))
    elif what == "throw":
        joiner.add(_poses(skeleton, rng, "stretch", rng.uniform(2, 8), (0.2, 0.8)))
    else:
        joiner.add(_poses(skeleton, rng, "stand", rng.uniform(0.3, 2), (1, 3)))
        joiner.turn_round(float(rng.choice([-1, 1]) * rng.uniform(1, 6.3)), rng.uniform(0.8, 3))


def _gait(skeleton: Skeleton, rng: np.random.Generator) -> Part:
    kind = str(rng.choice(["walk", "walk", "jog", "jog", "march"]))
    frames = _frames(rng.uniform(3, 15))
    steps_hz = rng.uniform(*STEPS_HZ[kind])  # fmt: skip
    pace = 1 + 0.06 * smooth_noise(rng, frames, HZ, 0.5, ())
    phase = rng.uniform(0, 6.3) + np.cumsum(pace) * np.pi * steps_hz / HZ
    joints = gait(skeleton, rng, phase, kind)
    if kind != "march" and rng.random() < 0.5:  # goes somewhere, comes back
        speed = rng.uniform(0.3, 1.3) * np.sign(
            np.sin(np.arange(frames) / HZ * rng.uniform(0.3, 1))
        )
        joints[..., 1] -= (np.cumsum(speed) / HZ)[:, None]
    return Part.none(_unsteady(skeleton, rng, joints), kind, "stand")


def _cycle(skeleton: Skeleton, rng: np.random.Generator) -> Part:
    """A movement to and fro as even as an exercise."""
    kind = str(rng.choice(list(CYCLES)))
    path = cycle(skeleton, rng, kind)
    rhythm = Rhythm.random(rng, kind, CYCLES[kind][2])
    reps = draw_set(rng, rhythm, int(np.clip(rng.uniform(3, 20) * rhythm.tempo_hz, 1, 40)), 1, ())
    state = course(reps, rhythm, np.arange(_frames(reps[-1].end_s) + 1) / HZ)
    return Part.none(
        _unsteady(skeleton, rng, path.at(state.depth, state.back)), kind, CYCLES[kind][1]
    )


def _poses(
    skeleton: Skeleton, rng: np.random.Generator, kind: str, seconds: float,
    pace_s: tuple[float, float],
) -> Part:  # fmt: skip
    """One pose after another, held for a while or not; `pace_s` is the time of each."""
    parts: list[np.ndarray] = []
    now, contact = pose(skeleton, rng, kind), "seat" if kind in ("lie", "sit") else "feet"
    few = [pose(skeleton, rng, kind) for _ in range(int(rng.integers(1, 4)))]  # come again
    while sum(len(part) for part in parts) < seconds * HZ:
        again = rng.random() < 0.7
        after = few[int(rng.integers(len(few)))] if again else pose(skeleton, rng, kind)
        frames = max(4, _frames(rng.uniform(*pace_s)))
        far = np.linalg.norm(after - now - (after - now)[:, 11:13].mean(1), axis=-1).max()
        move = max(int(frames * rng.uniform(0.3, 1)), int(far / FASTEST * HZ), 2)
        share = ease(np.arange(max(frames, move)) / move)
        parts.append(joined(now, after, share, contact))
        now = parts[-1][-1:]
    joints = np.concatenate(parts)[: _frames(seconds) + 1]
    return Part.none(_unsteady(skeleton, rng, joints), kind, POSTURE_OF.get(kind, kind))


def joined(now: np.ndarray, after: np.ndarray, share: np.ndarray, contact: str) -> np.ndarray:
    """From the pose of now to another one above the same contact."""
    return eased(now, anchored(after, contact, middle(now, contact)), share, contact)


def _unsteady(skeleton: Skeleton, rng: np.random.Generator, joints: np.ndarray) -> np.ndarray:
    """The small unevenness of a living body, and a head that looks about."""
    frames = len(joints)
    wobble = rng.uniform(*UNSTEADY) * smooth_noise(rng, frames, HZ, 0.8, (17, 3))
    wobble[:, :1] = 0
    return bent(joints, wobble + skeleton.posture_rad)


def _frames(seconds: float) -> int:
    return max(2, int(seconds * HZ))
