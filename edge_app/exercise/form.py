"""Judges one repetition: collects its form while it runs, then gives the verdict."""

from __future__ import annotations

import math
from typing import Iterable

from edge_app.exercise.baseline import Baseline
from edge_app.exercise.definition import Exercise
from edge_app.exercise.intervals import Sample
from edge_app.exercise.penalty import PenaltySum, with_ends
from edge_app.exercise.rep import Interval, Penalty, Reason, Rep

ADVICE_SHARE = 0.05  # of the limit: a fault with this penalty is reported even if the rep counts
AT_EXTREME = 0.05  # of the movement: moments this close to its peak belong to the extreme


class ExtremeValues:
    """Mean parameters of the moments around the highest progress of one movement.

    Args:
        names: of the wanted parameters; None for all.
    """

    def __init__(self, names: Iterable[str] | None = None) -> None:
        self._names = None if names is None else set(names)
        self.reset()

    def reset(self) -> None:
        """Begins a new movement."""
        self._top = -math.inf
        self._sums: dict[str, tuple[float, int]] = {}

    def add(self, progress: float, rest: float, parameters: dict[str, float]) -> None:
        """Restarts the means when the peak is clearly higher than theirs."""
        if progress > self._top + AT_EXTREME * (progress - rest):
            self._top = progress
            self._sums = {}
        if progress < self._top - AT_EXTREME * (self._top - rest):
            return
        for name in parameters if self._names is None else self._names:
            value = parameters[name]
            if not math.isnan(value):
                total, n = self._sums.get(name, (0.0, 0))
                self._sums[name] = (total + value, n + 1)

    def means(self) -> dict[str, float]:
        """Parameter -> mean, without those never seen."""
        return {name: total / n for name, (total, n) in self._sums.items()}


class FormJudge:
    """Collects the form of every movement, and judges those that become final.

    Args:
        exercise: with its faults.
        optimised: intervals become final later than the raw ones they are made of.
    """

    def __init__(self, exercise: Exercise, optimised: bool) -> None:
        self._exercise, self._optimised = exercise, optimised
        self._baseline = Baseline()
        self._penalty = PenaltySum(exercise.fault, exercise.penalty_limit)
        self._extremes = ExtremeValues()
        # At the lowest progress since the peak: of the current movement, and of the closed one.
        self._at_end = [f.parameter for f in exercise.fault if f.at == "end"]
        self._ends, self._closed_ends = ExtremeValues(self._at_end), ExtremeValues(self._at_end)
        self._judged = 0
        # Of the movement that is closed but not yet final: penalty, values at the extreme.
        self._closed: tuple[Penalty, dict[str, float]] = (self._penalty.result({}), {})

    def add(self, sample: Sample, parameters: dict[str, float]) -> None:
        """Adds one sample; writes the changes since rest into the parameters of its pose."""
        t_s, value, raw = sample.t_s, sample.value, sample.raw
        resting = value <= sample.edge and raw is None
        self._baseline.add(t_s, value, not resting, parameters)
        if resting:
            self._begin(t_s)
        self._penalty.add(t_s, parameters)
        self._extremes.add(value, sample.rest, parameters)
        if raw is None and value >= sample.peak:
            self._ends.reset()
        for ends in (self._ends, self._closed_ends):
            ends.add(-value, -sample.peak, parameters)
        if raw is not None:
            extremes = self._extremes.means()
            self._closed = (self._penalty.result(extremes), extremes)
            self._closed_ends, self._ends = self._ends, ExtremeValues(self._at_end)
            # A raw end may be taken back, unless the next repetition has already begun.
            if not self._optimised or raw.floor < value:
                self._begin(t_s)
        elif sample.final is not None:
            self._begin(t_s)

    def verdict(self, interval: Interval) -> Rep:
        """The last closed movement as the next repetition, with this time."""
        self._judged += 1
        penalty, extremes = self._closed
        if self._optimised:  # a raw interval ends before the movement does
            penalty = with_ends(penalty, self._exercise.fault, self._closed_ends.means())
        rejections, advice = reasons(self._exercise, interval, penalty)
        return Rep(
            number=self._judged,
            start_s=interval.start_s,
            extreme_s=interval.extreme_s,
            end_s=interval.end_s,
            score=penalty.score if interval.complete else 0.0,
            counted=not rejections,
            reasons=tuple(rejections + advice),
            penalty=penalty,
            extremes=extremes,
        )

    def forget_rest(self) -> None:
        """Ignores the start of the last movement for rest: it was not a repetition."""
        self._baseline.forget()

    def _begin(self, t_s: float) -> None:
        self._penalty.reset(t_s)
        self._extremes.reset()


def reasons(
    exercise: Exercise, interval: Interval, penalty: Penalty
) -> tuple[list[Reason], list[Reason]]:
    """Reasons that reject the interval, and advice that does not; the worst fault first."""
    rejections, limits = [], exercise.limits
    way_s = max(interval.extreme_s - interval.start_s, interval.end_s - interval.extreme_s)
    if not interval.complete:
        rejections.append(Reason("incomplete", exercise.incomplete))
    elif way_s > limits.max_phase_s:
        rejections.append(Reason("too_slow", "That took too long: move without resting."))
    faults = sorted(exercise.fault, key=lambda f: -penalty.parts[f.code])
    told: dict[str, Reason] = {}  # report two measures of one fault once
    for fault in faults:
        if penalty.parts[fault.code] >= ADVICE_SHARE * penalty.limit:
            told.setdefault(fault.sentence, Reason(fault.code, fault.sentence))
    advice = list(told.values())
    if penalty.total > penalty.limit:
        return rejections + (advice or [Reason(faults[0].code, faults[0].sentence)]), []
    return rejections, advice
