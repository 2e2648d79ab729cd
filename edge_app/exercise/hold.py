"""Counts the seconds of a posture that is kept, as a plank: poses in, holds out."""

from __future__ import annotations

import math

from edge_app.exercise.counter import PostureGate, visible
from edge_app.exercise.definition import Exercise, Hold
from edge_app.exercise.parameters import ParameterReader
from edge_app.exercise.penalty import PenaltySum
from edge_app.exercise.rep import Reason, Rep, Signal, Thresholds
from edge_app.exercise.resample import Resampler
from edge_app.values import Pose

LEVELS = Thresholds(rest=0.0, returned=0.5, reached=0.5)


class HoldCounter:
    """One person who holds a posture; used like `RepCounter`, and its count is whole seconds.

    A hold goes on through a loss of at most `grace_s`, without the time of the loss; a longer one
    ends it, and it becomes a repetition worth its seconds.

    Args:
        exercise: one with a `hold`.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._hold = exercise.hold or Hold()
        self._even, self._reader = Resampler(), ParameterReader()
        self._gate = PostureGate(exercise.posture)
        self._penalty = PenaltySum(exercise.fault, exercise.penalty_limit)
        self._parameters: dict[str, float] = {}
        self._progress, self._t_s = math.nan, math.nan
        self._start_s = self._kept_s = math.nan  # of the hold under way
        self._held_s = 0.0
        self._ended = self._done_s = 0

    @property
    def count(self) -> int:
        """Whole seconds held so far, the hold under way included."""
        return self._done_s + int(self._held_s if self._held_s >= self._hold.min_s else 0)

    @property
    def phase(self) -> str:
        """ "unknown" (joints missing), "rest" or, while it is held, "extreme"."""
        if math.isnan(self._progress):
            return "unknown"
        return "extreme" if self._progress > 0 else "rest"

    @property
    def signal(self) -> Signal:
        """1 while the posture is kept, else 0."""
        return Signal(self._t_s, self._progress, LEVELS)

    @property
    def parameters(self) -> dict[str, float]:
        """All parameters of the last pose, NaN where a joint was missing."""
        return self._parameters

    def update(self, pose: Pose) -> list[Rep]:
        """One pose, times strictly rising; the hold that ended with it, if one did."""
        return [rep for even in self._even.update(pose) for rep in self._update(even)]

    def finish(self) -> list[Rep]:
        """The end of the clip or attempt ends the hold."""
        return self._end()

    def _update(self, pose: Pose) -> list[Rep]:
        before_s, self._t_s = self._t_s, pose.t_s
        self._parameters = self._reader.read(pose)
        seen = all(visible(pose, joint) for joint in self._exercise.keypoints)
        keeps = self._gate.update(pose.t_s, self._parameters, resting=False) and seen
        self._progress = float(keeps) if seen else math.nan
        if keeps:
            if math.isnan(self._start_s):
                self._start_s, self._held_s = pose.t_s, 0.0
                self._penalty.reset(pose.t_s)
            elif self._kept_s == before_s:
                self._held_s += pose.t_s - before_s
            self._kept_s = pose.t_s
            self._penalty.add(pose.t_s, self._parameters)
            return []
        if pose.t_s - self._kept_s > self._hold.grace_s:  # False before the first hold
            return self._end()
        return []

    def _end(self) -> list[Rep]:
        start_s, self._start_s = self._start_s, math.nan
        held_s, self._held_s = self._held_s, 0.0
        if math.isnan(start_s) or held_s < self._hold.min_s:
            return []
        self._ended += 1
        self._done_s += int(held_s)
        penalty = self._penalty.result({})
        told = [f for f in self._exercise.fault if penalty.parts[f.code] > 0.25 * penalty.limit]
        rep = Rep(
            number=self._ended,
            start_s=start_s,
            extreme_s=start_s,
            end_s=self._kept_s,
            score=max(0.0, 1.0 - penalty.total / penalty.limit),
            counted=True,
            reasons=tuple(Reason(f.code, f.sentence) for f in told),
            penalty=penalty,
            extremes={},
            value=int(held_s),
        )
        return [rep]
