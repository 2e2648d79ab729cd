"""Counts repetitions: poses in, repetitions out, one pose at a time."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Iterable

from edge_app.envelope import EnvelopeFollower
from edge_app.exercise.baseline import Baseline
from edge_app.exercise.definition import Exercise, Posture
from edge_app.exercise.displacement import Displacement
from edge_app.exercise.optimisation import IntervalOptimiser
from edge_app.exercise.parameters import MIN_SCORE, ParameterReader
from edge_app.exercise.penalty import PenaltySum, with_ends
from edge_app.exercise.rep import Interval, Penalty, Reason, Rep, Signal
from edge_app.exercise.resample import Resampler
from edge_app.exercise.segment import MedianFilter, Segmenter
from edge_app.exercise.signal import ProgressSignal
from edge_app.skeleton import INDEX
from edge_app.values import Pose

JOINED_S = 0.3  # pieces of one repetition follow each other this closely
LATE_S = 0.3  # how long after a repetition seems to end the body may come back
ADVICE_SHARE = 0.05  # of the limit: a fault with this penalty is told even if the rep counts


class PostureGate:
    """Whether the body fits the exercise; each condition must hold most of the last moments."""

    def __init__(self, postures: tuple[Posture, ...]) -> None:
        self._held = [(posture, EnvelopeFollower(0.4, 0.4)) for posture in postures]

    def update(self, t_s: float, parameters: dict[str, float], resting: bool) -> bool:
        for posture, held in self._held:
            value = parameters[posture.parameter]
            if math.isnan(value) or (posture.when == "rest" and not resting):
                held.touch(t_s)
            else:
                held.update(float(posture.min <= value <= posture.max), t_s)
        return not any(held.value < 0.5 for _, held in self._held)


class ExtremeValues:
    """Mean parameters of the moments around the highest progress of one movement.

    Args:
        names: of the parameters that are wanted; None for all.
    """

    def __init__(self, names: Iterable[str] | None = None) -> None:
        self._names = None if names is None else set(names)
        self.reset()

    def reset(self) -> None:
        self._top = -math.inf
        self._sums: dict[str, tuple[float, int]] = {}

    def add(self, progress: float, rest: float, parameters: dict[str, float]) -> None:
        """Starts anew when the peak is clearly higher than the one the means were taken at."""
        if progress > self._top + 0.05 * (progress - rest):
            self._top = progress
            self._sums = {}
        if progress < self._top - 0.05 * (self._top - rest):
            return
        for name in parameters if self._names is None else self._names:
            value = parameters[name]
            if not math.isnan(value):
                total, n = self._sums.get(name, (0.0, 0))
                self._sums[name] = (total + value, n + 1)

    def means(self) -> dict[str, float]:
        return {name: total / n for name, (total, n) in self._sums.items()}


class RepCounter:
    """One person doing one exercise.

    Args:
        exercise: what to count.
        optimise: False leaves the raw hysteresis intervals as they are (for comparison).
    """

    def __init__(self, exercise: Exercise, optimise: bool = True) -> None:
        self._exercise = exercise
        self._even = Resampler()
        self._reader, self._filter = ParameterReader(), MedianFilter()
        self._fusion = ProgressSignal(exercise.signal)
        self._gate = PostureGate(exercise.posture)
        self._segmenter = Segmenter(exercise.limits)
        self._optimiser = IntervalOptimiser(exercise.limits, self._segmenter) if optimise else None
        self._penalty = PenaltySum(exercise.fault, exercise.penalty_limit)
        self._extremes = ExtremeValues()
        self._rest_values = Baseline()
        self._places = Displacement(exercise.displacement)
        self._piece: Interval | None = None  # moved, but did not come back
        # The same at the lowest progress since the peak, for the faults that are judged there.
        self._at_end = [f.parameter for f in exercise.fault if f.at == "end"]
        self._ends = ExtremeValues(self._at_end)
        # Of the movement that is closed but not yet final.
        self._closed_ends = ExtremeValues(self._at_end)
        self._closed: tuple[Penalty, dict[str, float]] | None = None
        self._attempts = self._count = 0
        self._parameters: dict[str, float] = {}
        self._progress, self._t_s = math.nan, math.nan

    @property
    def count(self) -> int:
        """Counted repetitions so far."""
        return self._count

    @property
    def phase(self) -> str:
        """ "unknown", "rest", "moving" or "extreme"."""
        return self._segmenter.phase

    @property
    def signal(self) -> Signal:
        """The counting signal and its thresholds now."""
        return Signal(self._t_s, self._progress, self._segmenter.thresholds)

    @property
    def parameters(self) -> dict[str, float]:
        """All parameters of the last pose, NaN where a joint was missing."""
        return self._parameters

    def update(self, pose: Pose) -> list[Rep]:
        """One pose, times strictly rising; the repetitions that became final with it."""
        return [rep for even in self._even.update(pose) for rep in self._update(even)]

    def _update(self, pose: Pose) -> list[Rep]:
        parameters = self._parameters = self._reader.read(pose)
        self._places.add(pose, self._reader.torso_px)
        self._t_s, self._progress = pose.t_s, self._measure(pose, parameters)
        if math.isnan(self._progress):
            return []
        t_s, value = self._filter.update(pose.t_s, self._progress)
        self._segmenter.noise_rise = self._filter.noise_rise
        raw = self._segmenter.update(t_s, value)
        self._judge(t_s, value, parameters, raw)
        if self._optimiser is None:
            return self._reps(raw)
        final = self._optimiser.update(t_s, value, raw)
        if final is not None and raw is None:
            self._forget_form(t_s)
        return self._reps(final)

    def finish(self) -> list[Rep]:
        """The end of the clip or attempt: what was back in rest but not yet final."""
        return self._reps(self._optimiser.finish() if self._optimiser else None)

    def _measure(self, pose: Pose, parameters: dict[str, float]) -> float:
        """Progress of this pose, NaN if joints are missing or the posture does not fit."""
        resting = self._segmenter.phase in ("unknown", "rest")
        fits = self._gate.update(pose.t_s, parameters, resting)
        if not fits or not all(visible(pose, joint) for joint in self._exercise.keypoints):
            return math.nan
        return self._fusion.update(pose.t_s, parameters)

    def _judge(
        self, t_s: float, value: float, parameters: dict[str, float], raw: Interval | None
    ) -> None:
        """Keeps the form sums of the movement that is under way."""
        resting = value <= self._segmenter.edge and raw is None
        self._rest_values.add(t_s, value, not resting, parameters)
        if resting:
            self._forget_form(t_s)
        self._penalty.add(t_s, parameters)
        self._extremes.add(value, self._segmenter.thresholds.rest, parameters)
        if raw is None and value >= self._segmenter.peak:
            self._ends.reset()
        for ends in (self._ends, self._closed_ends):
            ends.add(-value, -self._segmenter.peak, parameters)
        if raw is not None:
            extremes = self._extremes.means()
            self._closed = (self._penalty.result(extremes), extremes)
            self._closed_ends, self._ends = self._ends, ExtremeValues(self._at_end)
            # A raw end may be taken back, unless the next repetition is already under way.
            if self._optimiser is None or raw.floor < value:
                self._forget_form(t_s)

    def _forget_form(self, t_s: float) -> None:
        self._penalty.reset(t_s)
        self._extremes.reset()

    def _reps(self, interval: Interval | None) -> list[Rep]:
        if interval is None or self._closed is None:
            return []
        whole = self._whole(interval)
        if whole is None:
            self._segmenter.forget(interval)
            self._rest_values.forget()
            return []
        interval = whole
        penalty, extremes = self._closed
        if self._optimiser is not None:  # a raw interval ends before the movement does
            penalty = with_ends(penalty, self._exercise.fault, self._closed_ends.means())
        self._attempts += 1
        rejections, advice = self._reasons(interval, penalty)
        self._count += not rejections
        score = max(0.0, 1.0 - penalty.total / penalty.limit) if interval.complete else 0.0
        rep = Rep(
            number=self._attempts,
            start_s=interval.start_s,
            extreme_s=interval.extreme_s,
            end_s=interval.end_s,
            score=score,
            counted=not rejections,
            reasons=tuple(rejections + advice),
            penalty=penalty,
            extremes=extremes,
        )
        return [rep]

    def _whole(self, interval: Interval) -> Interval | None:
        """The interval in which the body moved and came back: this one, or with the piece before.

        Noise at the extreme may cut a repetition in two pieces; neither comes back alone.
        """
        piece, self._piece = self._piece, None
        # Some settle elsewhere once they are back: then it ends where they were first near rest.
        # Where noise alone looked like rest, the body comes back a moment later.
        late_s = min(interval.end_s + LATE_S, self._t_s)
        for end_s in (interval.end_s, min(interval.near_s, interval.end_s), late_s):
            extreme_s = min(max(interval.extreme_s, interval.start_s), end_s)
            ended = replace(interval, extreme_s=extreme_s, end_s=end_s)
            if self._places.moved(ended):
                return ended
        self._piece = interval
        if piece is None or interval.start_s - piece.end_s > JOINED_S:
            return None
        higher = max(piece, interval, key=lambda i: i.peak)
        complete = piece.complete or interval.complete
        joined = replace(higher, start_s=piece.start_s, end_s=interval.end_s, complete=complete)
        if joined.duration_s > self._exercise.limits.max_phase_s or not self._places.moved(joined):
            return None
        self._segmenter.forget(interval)
        self._piece = None
        return joined

    def _reasons(self, interval: Interval, penalty: Penalty) -> tuple[list[Reason], list[Reason]]:
        """Reasons that reject the interval, and advice that does not."""
        rejections, limits = [], self._exercise.limits
        if not interval.complete:
            rejections.append(Reason("incomplete", self._exercise.incomplete))
        elif max(interval.extreme_s - interval.start_s, interval.end_s - interval.extreme_s) > (
            limits.max_phase_s
        ):
            rejections.append(Reason("too_slow", "That took too long: move without resting."))
        faults = sorted(self._exercise.fault, key=lambda f: -penalty.parts[f.code])
        said: dict[str, Reason] = {}  # two measures of one fault are said once
        for fault in faults:
            if penalty.parts[fault.code] >= ADVICE_SHARE * penalty.limit:
                said.setdefault(fault.sentence, Reason(fault.code, fault.sentence))
        told = list(said.values())
        if penalty.total > penalty.limit:
            if not told:
                told = [Reason(faults[0].code, faults[0].sentence)]
            return rejections + told, []
        return rejections, told


def visible(pose: Pose, joint: str) -> bool:
    """Whether the joint, or one of its two sides, was found."""
    names = [joint] if joint in INDEX else [f"right_{joint}", f"left_{joint}"]
    return any(pose.score[INDEX[name]] >= MIN_SCORE for name in names)
