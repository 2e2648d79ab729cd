"""One attempt: repetitions in, verdicts out, until the protocol ends it.

The attempt reads no clock: every frame brings its time, so that a replayed track gives exactly the
same result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from edge_app.exercise.rep import Reason, Rep
from edge_app.session.protocol import Protocol

REASON_CADENCE = Reason("cadence", "Keep to the beat.")
REASON_PENALTY = Reason("form", "Mind your form.")
REASON_LATE = Reason("late", "The time was up.")
REASON_TEACHER = Reason("teacher", "The teacher decided.")


@dataclass(frozen=True)
class Verdict:
    """The protocol's verdict on one repetition."""

    rep: Rep
    counted: bool
    fault: bool  # a form fault: a strike if strikes are counted
    score: int  # counted repetitions so far, including this one
    reasons: tuple[Reason, ...]


class Attempt:
    """State of one attempt.

    Attributes:
        score: counted repetitions.
        strikes: form faults so far.
        ended: "" while it runs; then "time", "strikes", "gap", "cap" or "stopped".
        verdicts: all of them, in order.

    Args:
        protocol: the rules.
        start_s: capture time of "go".
    """

    def __init__(self, protocol: Protocol, start_s: float) -> None:
        self._protocol = protocol
        self._start_s = start_s
        self._clock_s = start_s if protocol.clock == "start" else math.nan
        self._last_end_s = math.nan
        self._moved_s = -math.inf  # when a repetition was last in progress
        self.score = self.strikes = 0
        self.ended = ""
        self.verdicts: list[Verdict] = []
        self._reversed: Verdict | None = None  # first verdict on the last repetition

    def left_s(self, t_s: float) -> float:
        """Seconds until the time is up; infinite without a timer or before the clock starts."""
        if math.isnan(self._clock_s):
            return self._protocol.ending.time_s
        return max(0.0, self._clock_s + self._protocol.ending.time_s - t_s)

    def add(self, rep: Rep) -> Verdict | None:
        """Judges one final repetition; None if the attempt had ended before it.

        A repetition becomes final a moment after it ended, so it is judged by its own times.
        """
        ending = self._protocol.ending
        if rep.start_s < self._start_s or (self.ended and self.ended != "time"):
            return None
        if rep.other:  # no fault, no start of the clock, no end of a rest
            verdict = Verdict(rep, False, False, self.score, rep.reasons)
            self.verdicts.append(verdict)
            return verdict
        if math.isnan(self._clock_s):
            self._clock_s = rep.start_s
        if rep.start_s >= self._clock_s + ending.time_s:
            return None
        if rep.start_s - self._last_end_s > ending.gap_s:  # False before the first repetition
            self.ended = "gap"
            return None
        verdict = self._judge(rep)
        self.verdicts.append(verdict)
        self._last_end_s = rep.end_s
        if self.strikes >= ending.strikes:
            self.ended = "strikes"
        elif self.score >= ending.cap:
            self.ended = "cap"
        return verdict

    def tick(self, t_s: float, moving: bool) -> str:
        """Advances to a frame's time; ends the attempt at a time limit. Returns `ended`.

        Args:
            t_s: capture time of the frame.
            moving: a repetition is in progress, so the student is not resting.
        """
        if self.ended:
            return self.ended
        if self.left_s(t_s) <= 0:
            self.ended = "time"
        elif moving:
            self._moved_s = t_s
        elif t_s - max(self._last_end_s, self._moved_s) > self._protocol.ending.gap_s:
            # No rest before the first repetition: the comparison with NaN is False.
            self.ended = "gap"
        return self.ended

    def stop(self) -> None:
        """Ends the attempt by teacher or student."""
        self.ended = self.ended or "stopped"

    def reverse_last(self) -> Verdict | None:
        """Reverses the verdict on the last repetition, by the teacher.

        A second call restores the first verdict, with its fault. An ending caused by it stays.
        None if there is no repetition yet.
        """
        if not self.verdicts:
            return None
        last = self.verdicts[-1]
        self.score += -last.rep.value if last.counted else last.rep.value
        verdict = Verdict(last.rep, not last.counted, False, self.score, (REASON_TEACHER,))
        if self._reversed is not None and self._reversed.rep is last.rep:
            verdict, self._reversed = self._reversed, None
        else:
            self._reversed = last
        self.strikes += verdict.fault - last.fault
        self.verdicts[-1] = verdict
        return verdict

    def _within_time(self, rep: Rep) -> bool:
        done_s = rep.extreme_s if self._protocol.bell == "extreme" else rep.end_s
        return done_s <= self._clock_s + self._protocol.ending.time_s

    def _judge(self, rep: Rep) -> Verdict:
        reasons = self._faults(rep)
        fault = bool(reasons)
        late = not self._within_time(rep)
        if late:
            reasons, fault = [REASON_LATE], False
        self.strikes += fault
        counted = not late and (not fault or self.strikes <= self._protocol.forgiven)
        self.score += rep.value if counted else 0
        advice = [] if reasons else [r for r in rep.reasons if rep.counted]
        return Verdict(rep, counted, fault, self.score, tuple(reasons + advice))

    def _faults(self, rep: Rep) -> list[Reason]:
        protocol = self._protocol
        faults = [] if rep.counted else list(rep.reasons)
        for rule in protocol.require:
            value = rep.extremes.get(rule.parameter, math.nan)
            if value < rule.min or value > rule.max:  # what was not seen is not a fault
                faults.append(Reason(rule.code, rule.sentence))
        if rep.penalty.total > protocol.penalty_limit:
            faults += list(rep.reasons) or [REASON_PENALTY]
        if protocol.cadence_per_min and not math.isnan(self._last_end_s):
            period_s = 60.0 / protocol.cadence_per_min
            if rep.end_s - self._last_end_s > (1 + protocol.cadence_slack) * period_s:
                faults.append(REASON_CADENCE)
        return list({reason.code: reason for reason in reversed(faults)}.values())[::-1]
