"""A track in 3D with its truth, and how parts are joined to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.gym.motion import ease
from models.gym.moves.drills import EXERCISES
from models.gym.moves.joints import CLEAR_M, Skeleton, Stand, anchored, blended, grounded, middle
from models.gym.moves.others import pose
from models.gym.moves.script import RepTruth

HZ = 60.0
LABELS = ("none", *EXERCISES)
# Ways between postures, with what stays on its place meanwhile.
EDGES = {
    ("stand", "crouch"): "feet", ("stand", "kneel"): "feet", ("crouch", "sit"): "feet",
    ("kneel", "sit"): "seat", ("sit", "lie"): "seat", ("crouch", "support"): "hands",
    ("kneel", "support"): "knees", ("stand", "hang"): "seat", ("crouch", "kneel"): "feet",
}  # fmt: skip
STEP_S = (0.35, 1.3)


@dataclass(frozen=True)
class Part:
    """Some seconds of a movement, at HZ.

    Attributes:
        joints: (frames, 17, 3) metres.
        label: of LABELS.
        kind: what it is in words, such as "walk".
        level: the posture at its ends, a node of EDGES.
        phase, inside: (frames,), see `Track3D`.
    """

    joints: np.ndarray
    label: str
    kind: str
    level: str
    phase: np.ndarray
    inside: np.ndarray
    reps: tuple[RepTruth, ...] = ()

    @staticmethod
    def none(joints: np.ndarray, kind: str, level: str) -> Part:
        """A part without repetitions."""
        return Part(joints, "none", kind, level, np.zeros(len(joints)), np.zeros(len(joints), bool))


@dataclass(frozen=True)
class Track3D:
    """One person over time; all arrays have HZ frames a second.

    Attributes:
        joints: (frames, 17, 3) float32 COCO joints, metres, z up, floor 0.
        label: (frames,) uint8, of LABELS; an exercise from its first repetition's start to its
            last one's end, the pauses between them included.
        phase: (frames,) radians in [0, 2 pi): 0 at rest, pi at the turn.
        inside: (frames,) bool, within a repetition.
        kinds: words, and `kind`: (frames,) uint8, which of them.
        reps: the repetitions with their label.
    """

    joints: np.ndarray
    label: np.ndarray
    phase: np.ndarray
    inside: np.ndarray
    kinds: tuple[str, ...]
    kind: np.ndarray
    reps: tuple[tuple[int, RepTruth], ...]
    age_years: float


class Joiner:
    """Puts parts together: gets from one posture into the next, turns, keeps the contacts."""

    def __init__(self, skeleton: Skeleton, rng: np.random.Generator) -> None:
        self._skeleton, self._rng = skeleton, rng
        self._parts: list[Part] = []
        self._heading = float(rng.uniform(0, 2 * np.pi))

    def add(self, part: Part) -> None:
        """Appends a part, after the postures in between; parts face -y and are moved here."""
        rng = self._rng
        self._heading += float(rng.normal(0, 0.12))
        if not self._parts:
            self._append(part, self._here(part.joints))
            return
        route = _route(rng, self._parts[-1].level, part.level)
        for before, level in zip(route, route[1:]):
            last = level == route[-1]
            goal = part.joints if last else pose(self._skeleton, rng, level)
            self._step(goal, _contact(before, level), level)
        if len(route) == 1:
            self._step(part.joints, "feet" if part.level == "stand" else "seat", part.level)
        start = self._parts[-1].joints[-1:]
        placed = self._here(part.joints)
        self._append(part, placed + (start[:, 11:13] - placed[:1, 11:13]).mean(1) * [1, 1, 0])

    def turn_round(self, angle_rad: float, seconds: float) -> None:
        """Turns on the spot, standing."""
        frames = max(2, int(seconds * HZ))
        last = self._parts[-1].joints[-1:]
        pivot = middle(last, "feet")[0, :2]
        angle = angle_rad * ease(np.linspace(0, 1, frames))
        cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
        off = last - [*pivot, 0]
        out = np.repeat(off, frames, axis=0)
        out[..., 0] = cos * off[..., 0] - sin * off[..., 1] + pivot[0]
        out[..., 1] = sin * off[..., 0] + cos * off[..., 1] + pivot[1]
        steps = 0.04 * np.abs(np.sin(np.pi * 2 * np.arange(frames) / HZ))
        out[..., 2] += steps[:, None] * (np.arange(17) % 2)
        self._heading += angle_rad
        self._append(Part.none(out, "turn", "stand"), out)

    def finished(self) -> Track3D:
        """All of it."""
        kinds = tuple(dict.fromkeys(part.kind for part in self._parts))
        reps, first = [], 0
        for part in self._parts:
            reps += [(LABELS.index(part.label), rep.later(first / HZ)) for rep in part.reps]
            first += len(part.joints)

        def spread(of: Sequence[int]) -> np.ndarray:
            return np.repeat(np.array(of, np.uint8), [len(part.joints) for part in self._parts])

        return Track3D(
            np.concatenate([part.joints for part in self._parts]).astype(np.float32),
            spread([LABELS.index(part.label) for part in self._parts]),
            np.concatenate([part.phase for part in self._parts]),
            np.concatenate([part.inside for part in self._parts]),
            kinds,
            spread([kinds.index(part.kind) for part in self._parts]),
            tuple(reps),
            self._skeleton.student.build.age_years,
        )

    def _here(self, joints: np.ndarray) -> np.ndarray:
        return Stand(self._heading, np.zeros(2)).apply(joints)

    def _append(self, part: Part, joints: np.ndarray) -> None:
        self._parts.append(replace(part, joints=joints))

    def _step(self, goal: np.ndarray, contact: str, level: str) -> None:
        """A blend from the last pose to the first of the goal."""
        start = self._parts[-1].joints[-1:]
        end = anchored(self._here(goal[:1]), contact, middle(start, contact))
        far = np.linalg.norm(end - start, axis=-1).max()
        seconds = np.clip(self._rng.uniform(*STEP_S) * (0.4 + far), 0.15, 3)
        share = ease(np.linspace(0, 1, max(2, int(seconds * HZ))))
        out = eased(start, end, share, contact)
        self._append(Part.none(out, "moving", level), out)


def eased(start: np.ndarray, end: np.ndarray, share: np.ndarray, contact: str) -> np.ndarray:
    """From one pose (1, 17, 3) to another; contact and clearance from the floor go evenly."""
    out = blended(start, end, share)
    part = share[:, None]
    out = anchored(out, contact, (1 - part) * middle(start, contact) + part * middle(end, contact))
    clear = [(pose[..., 2] - CLEAR_M).min() for pose in (start, end)]
    out = grounded(out)
    out[..., 2] += (1 - part) * clear[0] + part * clear[1]
    return out


def _route(rng: np.random.Generator, start: str, end: str) -> list[str]:
    """A shortest way through EDGES, random among equals; both ends included."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == end:
            return way
        near = [b if a == way[-1] else a for a, b in EDGES if way[-1] in (a, b)]
        for level in rng.permutation(near):
            if str(level) not in seen:
                seen.add(str(level))
                ways.append([*way, str(level)])
    raise ValueError(f"no way from {start} to {end}")


def _contact(before: str, after: str) -> str:
    return EDGES.get((before, after)) or EDGES[(after, before)]
