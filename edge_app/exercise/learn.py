"""Learns an exercise from a few repetitions: which parameters move, between which levels.

Every parameter that moves clearly is tried as the only counting signal; the one with the most
uniform intervals wins, and others that move with it stabilise it. The result is an ordinary
`Exercise`, counted, judged and edited like one from a file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import mean, median, pstdev
from typing import Iterable

import numpy as np

from edge_app.exercise.definition import Component, DisplacementRule, Exercise, Limits
from edge_app.exercise.geometry import Point, middle
from edge_app.exercise.intervals import IntervalFinder
from edge_app.exercise.parameters import PARAMETERS, ParameterReader
from edge_app.exercise.rep import Interval
from edge_app.exercise.resample import RATE_HZ, Resampler
from edge_app.values import Pose

LIMITS = Limits(
    min_range=0.4, extreme_fraction=0.55, rest_fraction=0.4, min_phase_s=0.15, max_phase_s=8.0
)
LEAST_SPAN = {True: 25.0, False: 0.25}  # degrees; torso lengths: least range of an exercise
OVER_NOISE = 10.0  # least range of a parameter, as a multiple of its jitter
SEEN = 0.6  # share of the time a parameter must be known
CANDIDATES = 8
CORRELATED = 0.8  # least correlation with the best parameter to join the signal
DISPLACED = ("shoulder", "hip", "wrist", "knee", "ankle", "nose")  # may be required to move


@dataclass(frozen=True)
class Learned:
    """A learned exercise and how well it explains the poses."""

    exercise: Exercise
    intervals: tuple[Interval, ...]
    likeness: float  # 0 to 1: how uniform the repetitions are in height and duration


class ParameterHistory:
    """Measurements of resampled poses: parameters, and positions of joints in the picture.

    Attributes:
        t_s: times in seconds.
        rows: the parameters at each time.
        positions: of `DISPLACED` at each time, in torso lengths, None if not seen.
    """

    def __init__(self, poses: Iterable[Pose] = ()) -> None:
        self._resampler, self._reader = Resampler(), ParameterReader()
        self.t_s: list[float] = []
        self.rows: list[dict[str, float]] = []
        self.positions: list[list[Point | None]] = []
        for pose in poses:
            self.add(pose)

    def add(self, pose: Pose) -> None:
        """Adds one pose, times strictly increasing."""
        for resampled in self._resampler.update(pose):
            self.t_s.append(resampled.t_s)
            self.rows.append(self._reader.read(resampled))
            xy, score = resampled.xy.tolist(), resampled.score.tolist()
            torso_px = self._reader.torso_px
            points = [middle(xy, score, joint) for joint in DISPLACED]
            known = not math.isnan(torso_px) and torso_px > 0
            self.positions.append(
                [(p[0] / torso_px, p[1] / torso_px) if p and known else None for p in points]
            )

    def forget_before(self, t_s: float) -> None:
        """Drops everything older."""
        n = int(np.searchsorted(self.t_s, t_s))
        del self.t_s[:n], self.rows[:n], self.positions[:n]


def learn(history: ParameterHistory, name: str, count: int | None = None) -> Learned | None:
    """The exercise that explains the poses best, or None if no movement repeats.

    Args:
        history: of a person who does a few repetitions, rest included.
        name: of the exercise.
        count: the number of repetitions, if known; else at least two.
    """
    if len(history.t_s) < RATE_HZ:
        return None
    t_s = np.array(history.t_s)
    filled = {p: _filled(np.array([row[p] for row in history.rows])) for p in PARAMETERS}
    over_noise = {p: _movement(p, *v) for p, v in filled.items() if v is not None}
    moving = {p: v[0] for p, v in filled.items() if v and over_noise[p] > OVER_NOISE}
    ranked = sorted(moving, key=lambda p: -over_noise[p])[:CANDIDATES]
    best: tuple[float, Component, list[Interval]] | None = None
    for parameter in ranked:
        component = _component(parameter, moving[parameter])
        intervals = _intervals(t_s, moving[parameter], component)
        if len(intervals) < (count or 2) or (count and len(intervals) != count):
            continue
        covered = sum(i.duration_s for i in intervals) / (t_s[-1] - t_s[0])
        quality = _likeness(intervals) * covered**0.5
        quality *= 1 - 0.5 * OVER_NOISE / over_noise[parameter]
        if best is None or quality > best[0]:
            best = (quality, component, intervals)
    if best is None:
        return None
    _, component, intervals = best
    exercise = Exercise(
        name=name,
        aliases=(),
        keypoints=(),
        incomplete="That was less than the movement that was shown.",
        penalty_limit=1.0,
        limits=LIMITS,
        signal=_signal(component, moving),
        displacement=_displacement(history, intervals),
    )
    return Learned(exercise, tuple(intervals), _likeness(intervals))


def _filled(values: np.ndarray) -> tuple[np.ndarray, float] | None:
    """The curve smoothed, gaps interpolated, and its jitter; None if too much is missing."""
    seen = np.flatnonzero(~np.isnan(values))
    if len(seen) < SEEN * len(values):
        return None
    whole = np.interp(np.arange(len(values)), seen, values[seen])
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(whole, 2, mode="edge"), 5)
    calm = np.asarray(np.median(windows, axis=1))
    return calm, float(np.mean(np.abs(whole - calm)))


def _ends(values: np.ndarray) -> tuple[float, float]:
    low, high = np.percentile(values, [4, 96])
    return float(low), float(high)


def _movement(parameter: str, values: np.ndarray, jitter: float) -> float:
    """Range over jitter; 0 if the range is too small for an exercise."""
    low, high = _ends(values)
    if high - low < LEAST_SPAN[parameter.endswith("_deg")]:
        return 0.0
    return (high - low) / max(jitter, 1e-2 * (high - low))


def _component(parameter: str, values: np.ndarray) -> Component:
    """The component, whose rest is the end nearer to the first poses."""
    low, high = _ends(values)
    start = float(np.median(values[: int(RATE_HZ / 2)]))
    if start <= (low + high) / 2:
        return Component(parameter, rest=low, extreme=high)
    return Component(parameter, rest=high, extreme=low)


def _intervals(t_s: np.ndarray, values: np.ndarray, component: Component) -> list[Interval]:
    """The intervals that the counter's own finder gets from one parameter."""
    progress = (values - component.rest) / (component.extreme - component.rest)
    finder = IntervalFinder(LIMITS)
    found = [finder.update(*at).final for at in zip(t_s.tolist(), progress.tolist())]
    return [i for i in (*found, finder.finish()) if i is not None and i.complete]


def _likeness(intervals: list[Interval]) -> float:
    """1 if all intervals are alike, less for relative spread."""
    spreads = []
    for measure in ([i.amplitude for i in intervals], [i.duration_s for i in intervals]):
        spreads.append(pstdev(measure) / mean(measure))
    return math.exp(-sum(spreads))


def _signal(best: Component, moving: dict[str, np.ndarray]) -> tuple[Component, ...]:
    """The best parameter and up to two that move with it."""
    joined = [best]
    sign = 1 if best.extreme > best.rest else -1
    others = []
    for parameter, values in moving.items():
        correlation = float(np.corrcoef(values, moving[best.parameter])[0, 1])
        if parameter != best.parameter and abs(correlation) >= CORRELATED:
            others.append((abs(correlation), parameter, correlation * sign > 0))
    for _, parameter, rises in sorted(others, reverse=True)[:2]:
        low, high = _ends(moving[parameter])
        rest, extreme = (low, high) if rises else (high, low)
        joined.append(Component(parameter, rest, extreme, weight=0.5))
    return tuple(joined)


def _displacement(
    history: ParameterHistory, intervals: list[Interval]
) -> tuple[DisplacementRule, ...]:
    """The joint that clearly moves in every repetition, with half of that extent as `min`."""
    best: tuple[float, DisplacementRule] | None = None
    for number, joint in enumerate(DISPLACED):
        extents = [_extent(history, number, i) for i in intervals]
        seen = [extent for extent in extents if extent is not None]
        if len(seen) < 0.7 * len(extents) or not seen:
            continue
        if best is None or min(seen) > best[0]:
            least = round(0.5 * median(seen), 2)
            best = (min(seen), DisplacementRule(joint, min=least, back=0.9))
    return (best[1],) if best and best[1].min >= 0.05 else ()


def _extent(history: ParameterHistory, joint: int, interval: Interval) -> float | None:
    """Extent of the joint's path in the picture, torso lengths; None if it was hardly seen."""
    first, last = np.searchsorted(history.t_s, [interval.start_s, interval.end_s])
    seen = [p[joint] for p in history.positions[first:last] if p[joint] is not None]
    if len(seen) < 3:
        return None
    return float(np.ptp(np.array(seen), axis=0).max())
