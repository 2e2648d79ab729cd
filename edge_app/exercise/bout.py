"""Which repetitions of the rules are believed: bout by bout, by evidence that bears noise.

In everyday movement the rules find single repetitions where there are none. A real bout of an
exercise shows it: the second witness recognises at least one of its repetitions, or, where it does
not know the view, at least three are alike and follow each other. Until then they wait.
"""

from __future__ import annotations

from dataclasses import replace

from edge_app.exercise.rep import OTHER_MOVEMENT, Rep
from edge_app.exercise.witness.watch import LATE_S, Witness
from edge_app.values import Pose

PAUSE_S = 6.0  # longer, and another bout begins
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
        self._believed = False  # the current bout
        self._end_s = float("-inf")  # of its last repetition

    def update(self, pose: Pose) -> list[Rep]:
        """Adds a pose: what waits may be recognised with it, or its bout may be over."""
        self._witness.update(pose)
        if not self._waiting:
            return []
        if any(self._recognised(r) for r in self._waiting if pose.t_s <= r.end_s + 2 * LATE_S):
            return self._believe()
        return self._dismiss() if pose.t_s - self._end_s > PAUSE_S else []

    def add(self, rep: Rep) -> list[Rep]:
        """A repetition that the rules found; returns those that are decided now."""
        dismissed: list[Rep] = []
        if rep.start_s - self._end_s > PAUSE_S:
            dismissed = self._dismiss()
            self._believed = False
        self._end_s = rep.end_s
        if self._believed:
            return [*dismissed, rep]
        self._waiting.append(rep)
        if self._recognised(rep) or _regular([r for r in self._waiting if r.counted]):
            return dismissed + self._believe()
        return dismissed

    def finish(self) -> list[Rep]:
        """Ends the clip or attempt."""
        return self._dismiss()

    def _recognised(self, rep: Rep) -> bool:
        """Whether the witness knows it, as far as it has seen it yet."""
        return self._witness.moving(self._seen_as, rep.start_s, rep.end_s + LATE_S) >= RECOGNISED

    def _believe(self) -> list[Rep]:
        self._believed = True
        believed, self._waiting = self._waiting, []
        return believed

    def _dismiss(self) -> list[Rep]:
        dismissed, self._waiting = self._waiting, []
        return [
            replace(rep, counted=False, score=0.0, reasons=(OTHER_MOVEMENT,)) for rep in dismissed
        ]


def _regular(reps: list[Rep]) -> bool:
    """Whether the last ones are alike and follow each other."""
    if len(reps) < ALIKE:
        return False
    last = reps[-ALIKE:]
    for one, other in zip(last, last[1:]):
        lengths_s = sorted((one.end_s - one.start_s, other.end_s - other.start_s))
        pause_s = other.start_s - one.end_s
        if lengths_s[1] > LENGTHS * lengths_s[0] or pause_s > APART * lengths_s[1]:
            return False
    return True
