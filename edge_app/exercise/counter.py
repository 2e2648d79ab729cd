"""Counts repetitions: poses in, repetitions out, one pose at a time."""

from __future__ import annotations

import math

from edge_app.exercise.bout import BoutJudge
from edge_app.exercise.definition import Exercise
from edge_app.exercise.displacement import RoundTripFinder
from edge_app.exercise.form import FormJudge
from edge_app.exercise.intervals import IntervalFinder
from edge_app.exercise.parameters import ParameterReader
from edge_app.exercise.posture import PostureGate
from edge_app.exercise.rep import NO_MOMENT, Interval, Moment, Rep, Signal
from edge_app.exercise.resample import Resampler
from edge_app.exercise.signal import ProgressSignal
from edge_app.exercise.witness.watch import Witness
from edge_app.values import Pose


class RepCounter:
    """One person doing one exercise.

    pose -> resampled poses -> parameters -> posture gate -> progress -> intervals -> round trips
    -> repetitions, each with the form of its movement -> bouts that the second witness believes.

    Args:
        exercise: what to count.
        optimise: False keeps the raw hysteresis intervals (for comparison).
        witness: knows this exercise; None: every repetition is believed.
    """

    def __init__(
        self, exercise: Exercise, optimise: bool = True, witness: Witness | None = None
    ) -> None:
        self._resampler, self._reader = Resampler(), ParameterReader()
        self._posture = PostureGate(exercise)
        self._signal = ProgressSignal(exercise.signal)
        self._intervals = IntervalFinder(exercise.limits, optimise)
        self._round_trips = RoundTripFinder(exercise)
        self._form = FormJudge(exercise, optimise)
        self._bouts = BoutJudge(witness, exercise.seen_as) if witness else None
        self._now = NO_MOMENT
        self._count = 0

    @property
    def count(self) -> int:
        """Counted repetitions so far."""
        return self._count

    @property
    def phase(self) -> str:
        """ "unknown", "rest", "moving" or "extreme"."""
        return self._intervals.phase

    @property
    def signal(self) -> Signal:
        """The counting signal and its thresholds now."""
        return Signal(self._now.t_s, self._now.progress, self._intervals.thresholds)

    @property
    def parameters(self) -> dict[str, float]:
        """All parameters of the last pose, NaN where a joint was missing."""
        return self._now.parameters

    def update(self, pose: Pose) -> list[Rep]:
        """Adds one pose, times strictly increasing; returns the repetitions that became final."""
        return [rep for resampled in self._resampler.update(pose) for rep in self._step(resampled)]

    def finish(self) -> list[Rep]:
        """Ends the clip or attempt; returns repetitions back at rest but not yet final."""
        reps = self._believed(self._found(self._intervals.finish()))
        return self._counted(reps + (self._bouts.finish() if self._bouts else []))

    def _step(self, pose: Pose) -> list[Rep]:
        found = self._rules(pose)
        late = self._bouts.update(pose) if self._bouts else []
        return self._counted(late + self._believed(found))

    def _rules(self, pose: Pose) -> list[Rep]:
        parameters = self._reader.read(pose)
        self._round_trips.add(pose, self._reader.torso_px)
        progress = math.nan  # if joints are missing or the posture does not fit
        if self._posture.update(pose, parameters, self.phase in ("unknown", "rest")):
            progress = self._signal.update(pose.t_s, parameters)
        self._now = Moment(pose.t_s, progress, parameters)
        if math.isnan(progress):
            return []
        sample = self._intervals.update(pose.t_s, progress)
        self._form.add(sample, parameters)
        return self._found(sample.final)

    def _found(self, interval: Interval | None) -> list[Rep]:
        if interval is None:
            return []
        found = self._round_trips.find(interval)
        if found.interval is None or found.joined:
            self._intervals.forget(interval)
        if found.interval is None:
            self._form.forget_rest()
            return []
        return [self._form.verdict(found.interval)]

    def _believed(self, reps: list[Rep]) -> list[Rep]:
        """What is decided with these; without a witness, they themselves."""
        if self._bouts is None:
            return reps
        return [done for rep in reps for done in self._bouts.add(rep)]

    def _counted(self, reps: list[Rep]) -> list[Rep]:
        self._count += sum(rep.counted for rep in reps)
        return reps
