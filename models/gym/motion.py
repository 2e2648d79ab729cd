"""Times of each repetition's start, turn and end, and the student's depth in between."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

REST_S = (1.0, 1.0)  # rest before the first and after the last repetition
TEMPO_S = {
    "sit-up": ((1.0, 1.5), (0.05, 0.3), (1.0, 1.5), (0.1, 0.6)),
    "push-up": ((0.8, 1.2), (0.05, 0.3), (0.7, 1.1), (0.1, 0.6)),
    "squat": ((0.9, 1.4), (0.05, 0.4), (0.8, 1.2), (0.15, 0.6)),
}  # ranges for going out, staying there, coming back, and resting before the next


SEEN = 0.157  # share of the time after which the smooth start has covered 3 % of the range


@dataclass(frozen=True)
class RepTime:
    """Ground truth of one repetition, seconds from the first frame."""

    start_s: float  # leaves rest
    extreme_s: float  # reaches the far end: a sit-up's top, a push-up's or squat's bottom
    end_s: float  # is back at rest
    depth: float  # 1 is the full range; less is a fault
    fault: str = ""  # any other fault


@dataclass(frozen=True)
class Timeline:
    """All repetitions of a clip in order."""

    reps: tuple[RepTime, ...]
    stay_s: tuple[float, ...]  # how long each stays at its extreme
    duration_s: float

    @staticmethod
    def random(rng: np.random.Generator, exercise: str, reps: int, incomplete: int = 0) -> Timeline:
        """Random repetitions: a tempo for the student and a variation of it for each one."""
        ranges = np.asarray(TEMPO_S[exercise])
        habit = rng.uniform(ranges[:, 0], ranges[:, 1])
        faults = set(rng.choice(reps, incomplete, replace=False).tolist())
        t_s, times, stays = REST_S[0], [], []
        for rep in range(reps):
            tired = 1 + 0.15 * rep / reps
            out, stay, back, pause = habit * tired * rng.uniform(0.85, 1.15, 4)
            depth = rng.uniform(0.45, 0.6) if rep in faults else rng.uniform(0.95, 1.0)
            times.append(RepTime(t_s, t_s + out, t_s + out + stay + back, float(depth)))
            stays.append(float(stay))
            t_s += out + stay + back + pause
        return Timeline(tuple(times), tuple(stays), times[-1].end_s + REST_S[1])

    def depth_at(self, t_s: np.ndarray) -> np.ndarray:
        """How far from rest the student is, 0 to 1, with smooth starts and stops: like `t_s`."""
        depth = np.zeros_like(t_s, dtype=np.float64)
        for rep, stay_s in zip(self.reps, self.stay_s, strict=True):
            out = ease((t_s - rep.start_s) / (rep.extreme_s - rep.start_s))
            turned_s = rep.extreme_s + stay_s
            back = ease((t_s - turned_s) / (rep.end_s - turned_s))
            depth += rep.depth * (out - back)
        return depth

    def as_json(self) -> dict[str, list[dict[str, float]]]:
        """Correct, incomplete and otherwise faulty repetitions apart, times to the millisecond.

        `leaves_s` and `back_s` are at 3 % of the range, as an annotator sees them.
        """
        apart: dict[str, list[dict[str, float]]] = {"reps": [], "incomplete": [], "faulty": []}
        for rep, stay_s in zip(self.reps, self.stay_s, strict=True):
            leaves_s = rep.start_s + SEEN * (rep.extreme_s - rep.start_s)
            back_s = rep.end_s - SEEN * (rep.end_s - rep.extreme_s - stay_s)
            values = {**asdict(rep), "leaves_s": leaves_s, "back_s": back_s}
            fault = values.pop("fault")
            rounded = {key: round(value, 3) for key, value in values.items()}
            kind = "faulty" if fault else "incomplete" if rep.depth <= 0.9 else "reps"
            apart[kind].append(rounded)
        return apart


def ease(fraction: np.ndarray) -> np.ndarray:
    """From 0 to 1 with the smoothness of a human reach (minimum jerk), held outside."""
    s = np.clip(fraction, 0, 1)
    return s * s * s * (10 + s * (6 * s - 15))


def sway(rng: np.random.Generator, t_s: np.ndarray, size: float) -> np.ndarray:
    """Small slow unsteadiness around 0, of about the given size: like `t_s`."""
    speeds, phases = rng.uniform(0.15, 0.9, 4), rng.uniform(0, 2 * np.pi, 4)
    return size / 2 * np.sin(2 * np.pi * speeds * t_s[:, None] + phases).sum(axis=1)
