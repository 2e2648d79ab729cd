"""Counts the seconds of a held posture, such as a plank: poses in, holds out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edge_app.exercise.definition import Exercise, Hold
from edge_app.exercise.parameters import ParameterReader
from edge_app.exercise.penalty import PenaltySum
from edge_app.exercise.posture import PostureGate, all_visible
from edge_app.exercise.rep import NO_MOMENT, Moment, Reason, Rep, Signal, Thresholds
from edge_app.exercise.resample import Resampler
from edge_app.values import Pose

LEVELS = Thresholds(rest=0.0, returned=0.5, reached=0.5)
ADVICE_SHARE = 0.25  # of the limit: a fault with this penalty is reported


@dataclass
class HoldUnderWay:
    """A hold that lasts, or was interrupted a moment ago."""

    start_s: float
    kept_s: float  # when the posture was last held
    held_s: float = 0.0  # without interruptions


class HoldCounter:
    """One person who holds a posture; used like `RepCounter`, and its count is whole seconds.

    A hold survives an interruption of at most `grace_s`, which does not count; a longer one ends
    it, and it becomes a repetition worth its seconds.

    Args:
        exercise: one with a `hold`.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._rules = exercise.hold or Hold()
        self._resampler, self._reader = Resampler(), ParameterReader()
        self._posture = PostureGate(exercise)
        self._penalty = PenaltySum(exercise.fault, exercise.penalty_limit)
        self._now = NO_MOMENT
        self._hold: HoldUnderWay | None = None
        self._ended = self._ended_s = 0  # holds, and their whole seconds

    @property
    def count(self) -> int:
        """Whole seconds held so far, including the current hold."""
        held_s = self._hold.held_s if self._hold else 0.0
        return self._ended_s + int(held_s if held_s >= self._rules.min_s else 0)

    @property
    def phase(self) -> str:
        """ "unknown" (joints missing), "rest" or, while the posture is held, "extreme"."""
        if math.isnan(self._now.progress):
            return "unknown"
        return "extreme" if self._now.progress > 0 else "rest"

    @property
    def signal(self) -> Signal:
        """1 while the posture is held, else 0."""
        return Signal(self._now.t_s, self._now.progress, LEVELS)

    @property
    def parameters(self) -> dict[str, float]:
        """All parameters of the last pose, NaN where a joint was missing."""
        return self._now.parameters

    def update(self, pose: Pose) -> list[Rep]:
        """Adds one pose, times strictly increasing; returns the hold that ended, if one did."""
        return [rep for resampled in self._resampler.update(pose) for rep in self._step(resampled)]

    def finish(self) -> list[Rep]:
        """Ends the clip or attempt, and with it the hold."""
        return self._end()

    def _step(self, pose: Pose) -> list[Rep]:
        before_s, parameters = self._now.t_s, self._reader.read(pose)
        keeps = self._posture.update(pose, parameters, resting=False)
        seen = all_visible(pose, self._exercise.keypoints)
        self._now = Moment(pose.t_s, float(keeps) if seen else math.nan, parameters)
        hold = self._hold
        if keeps:
            if hold is None:
                self._hold = HoldUnderWay(pose.t_s, pose.t_s)
                self._penalty.reset(pose.t_s)
            else:
                if hold.kept_s == before_s:
                    hold.held_s += pose.t_s - before_s
                hold.kept_s = pose.t_s
            self._penalty.add(pose.t_s, parameters)
        elif hold is not None and pose.t_s - hold.kept_s > self._rules.grace_s:
            return self._end()
        return []

    def _end(self) -> list[Rep]:
        hold, self._hold = self._hold, None
        if hold is None or hold.held_s < self._rules.min_s:
            return []
        seconds = int(hold.held_s)
        self._ended, self._ended_s = self._ended + 1, self._ended_s + seconds
        penalty = self._penalty.result({})
        told = [
            fault
            for fault in self._exercise.fault
            if penalty.parts[fault.code] > ADVICE_SHARE * penalty.limit
        ]
        rep = Rep(
            number=self._ended,
            start_s=hold.start_s,
            extreme_s=hold.start_s,
            end_s=hold.kept_s,
            score=penalty.score,
            counted=True,
            reasons=tuple(Reason(fault.code, fault.sentence) for fault in told),
            penalty=penalty,
            extremes={},
            value=seconds,
        )
        return [rep]
