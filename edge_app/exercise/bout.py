"""Which repetitions of the rules are believed: bout by bout, by evidence that bears noise.

In everyday movement the rules find single repetitions where there are none. A real bout of an
exercise shows it: the second witness recognises at least one of its repetitions, or, where it does
not know the view, at least three are alike and follow each other. Until then they wait.
"""

from __future__ import annotations

import math
from dataclasses import replace

from edge_app.exercise.rep import OTHER_MOVEMENT, Rep
from edge_app.exercise.witness.watch import LATE_S, Witness
from edge_app.values import Pose

PAUSE_S = 6.0  # longer, and another bout begins
WAIT_S = 20.0  # so long a repetition waits, and so long a bout is believed without a new reason
RECOGNISED = 0.45  # least mean probability of a repetition that the witness recognises
ALIKE = 3  # repetitions that vouch for each other
LENGTHS = 1.7  # largest ratio of the durations of two that are alike
APART = 2.0  # longest pause between two that are alike, as a multiple of the longer one


class BoutJudge:
    """Holds back the repetitions of a bout until it is believed, or over.

    Args:
        witness: of this person.
        seen_as: what the witness calls the exercise.
    """

    def __init__(self, witness: Witness, seen_as: str) -> None:
        self._witness, self._seen_as = witness, seen_as
        self._waiting: list[Rep] = []
        self._last: list[Rep] = []  # of the bout: the last ones that the rules counted
        self._end_s = self._believed_s = -math.inf  # of the last one; of the last that was believed

    def update(self, pose: Pose) -> list[Rep]:
        """Adds a pose: what waits may be recognised with it, or its bout may be over."""
        self._witness.update(pose)
        if not self._waiting:
            return []
        if any(self._recognised(r) for r in self._waiting if pose.t_s <= r.end_s + 2 * LATE_S):
            return self._believe()
        over = pose.t_s - self._end_s > PAUSE_S
        return self._dismiss(math.inf if over else pose.t_s - WAIT_S)

    def add(self, rep: Rep) -> list[Rep]:
        """A repetition that the rules found; returns those that are decided now."""
        dismissed: list[Rep] = []
        if rep.start_s - self._end_s > PAUSE_S:
            dismissed = self._dismiss()
            self._last, self._believed_s = [], -math.inf
        self._end_s = rep.end_s
        if rep.counted:
            self._last = [*self._last, rep][-ALIKE:]
        self._waiting.append(rep)
        if self._recognised(rep) or (rep.counted and _regular(self._last)):
            return dismissed + self._believe()
        if rep.end_s - self._believed_s <= WAIT_S:
            return [*dismissed, self._waiting.pop()]
        return dismissed

    def finish(self) -> list[Rep]:
        """Ends the clip or attempt."""
        return self._dismiss()

    def _recognised(self, rep: Rep) -> bool:
        """Whether the witness knows it, as far as it has seen it yet."""
        return self._witness.moving(self._seen_as, rep.start_s, rep.end_s + LATE_S) >= RECOGNISED

    def _believe(self) -> list[Rep]:
        self._believed_s = self._end_s
        believed, self._waiting = self._waiting, []
        return believed

    def _dismiss(self, until_s: float = math.inf) -> list[Rep]:
        """Those that ended before a time were another movement."""
        gone = [rep for rep in self._waiting if rep.end_s < until_s]
        self._waiting = self._waiting[len(gone) :]
        return [replace(rep, counted=False, score=0.0, reasons=(OTHER_MOVEMENT,)) for rep in gone]


def _regular(last: list[Rep]) -> bool:
    """Whether they are alike and follow each other."""
    if len(last) < ALIKE:
        return False
    for one, other in zip(last, last[1:]):
        lengths_s = sorted((one.end_s - one.start_s, other.end_s - other.start_s))
        pause_s = other.start_s - one.end_s
        if lengths_s[1] > LENGTHS * lengths_s[0] or pause_s > APART * lengths_s[1]:
            return False
    return True
