"""Counts an unknown exercise: recognises a known one, or learns the movement while counting.

All known exercises count in parallel until one explains the movement; if none does and a movement
repeats, the exercise is learned from the last half minute (`learn`) and counted from there. The
choice is final, because a count on a screen must not decrease.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Callable, Sequence

from edge_app.exercise.definition import Exercise
from edge_app.exercise.learn import Learned, ParameterHistory, learn
from edge_app.exercise.rep import Counter, Rep, Signal, Thresholds
from edge_app.values import Pose

NAME = "auto"
NEW = "new"  # name of a learned movement; as an exercise: learn even what is known
KEPT_S = 30.0  # history to learn from
LEARN_EVERY_S = 2.0
FEWEST_KNOWN, FEWEST_LEARNED = 2, 3  # repetitions before the choice
LEAST_LIKENESS = 0.45  # least similarity of learned repetitions
CLEARLY = 1.15  # least evidence, as a multiple of the second-best exercise's


class AutoCounter:
    """A counter that detects which exercise it counts.

    Args:
        exercises: those to recognise, without holds; none: always learn.
        counter_for: makes the counter of an exercise.
    """

    def __init__(
        self, exercises: Sequence[Exercise], counter_for: Callable[[Exercise], Counter]
    ) -> None:
        self._counter_for = counter_for
        self._known = [(e, counter_for(e)) for e in exercises if e.hold is None]
        self._reps: list[list[Rep]] = [[] for _ in self._known]
        self._chosen: Counter | None = None
        self._exercise: Exercise | None = None
        self._history = ParameterHistory()
        self._poses: deque[Pose] = deque()
        self._learn_s = math.nan
        self._last_s = math.nan

    @property
    def exercise(self) -> Exercise | None:
        """The exercise recognised or learned; None until it is known."""
        return self._exercise

    @property
    def count(self) -> int:
        """Counted repetitions so far; 0 before the exercise is known."""
        return self._chosen.count if self._chosen else 0

    @property
    def phase(self) -> str:
        """As for any counter; "unknown" before the exercise is known."""
        return self._chosen.phase if self._chosen else "unknown"

    @property
    def signal(self) -> Signal:
        """As for any counter; all NaN before the exercise is known."""
        if self._chosen:
            return self._chosen.signal
        return Signal(self._last_s, math.nan, Thresholds(math.nan, math.nan, math.nan))

    @property
    def parameters(self) -> dict[str, float]:
        """All parameters of the last pose."""
        counter = self._chosen or next((c for _, c in self._known), None)
        if counter is not None:
            return counter.parameters
        return self._history.rows[-1] if self._history.rows else {}

    def update(self, pose: Pose) -> list[Rep]:
        """Adds one pose, times strictly increasing; returns the repetitions that became final.

        When the exercise becomes known, all its repetitions so far come at once.
        """
        self._last_s = pose.t_s
        if self._chosen:
            return self._chosen.update(pose)
        self._remember(pose)
        news = [counter.update(pose) for _, counter in self._known]
        for reps, new in zip(self._reps, news):
            reps.extend(new)
        if any(rep.counted for new in news for rep in new):
            best = self._best(CLEARLY)
            if best is not None and _counted(self._reps[best]) >= FEWEST_KNOWN:
                return self._choose(best)
        if not pose.t_s - self._learn_s < LEARN_EVERY_S:  # also True at first, with NaN
            self._learn_s = pose.t_s
            return self._take(learn(self._history, NEW), FEWEST_LEARNED)
        return []

    def finish(self) -> list[Rep]:
        """Ends the clip: decides with the evidence so far."""
        if self._chosen:
            return self._chosen.finish()
        for (_, counter), reps in zip(self._known, self._reps):
            reps.extend(counter.finish())
        learned = learn(self._history, NEW)
        best = self._best(1.0)
        if best is not None and _counted(self._reps[best]):
            return self._choose(best)
        reps = self._take(learned, 2)
        return reps + (self._chosen.finish() if self._chosen else [])

    def _remember(self, pose: Pose) -> None:
        self._history.add(pose)
        self._poses.append(pose)
        while pose.t_s - self._poses[0].t_s > KEPT_S:
            self._poses.popleft()
        self._history.forget_before(pose.t_s - KEPT_S)

    def _best(self, clearly: float) -> int | None:
        """The known exercise with the most evidence, if it is clearly ahead of the next."""
        evidence = [_evidence(e, reps) for (e, _), reps in zip(self._known, self._reps)]
        ranked = sorted(range(len(evidence)), key=lambda i: -evidence[i])
        if not ranked or evidence[ranked[0]] <= 0:
            return None
        best = ranked[0]
        if len(ranked) > 1:
            second = ranked[1]
            alike = _counted(self._reps[best]) == _counted(self._reps[second])
            if not alike and evidence[best] < clearly * evidence[second]:
                return None
        return best

    def _choose(self, number: int) -> list[Rep]:
        self._exercise, self._chosen = self._known[number]
        return self._reps[number]

    def _take(self, learned: Learned | None, fewest: int) -> list[Rep]:
        """Learns an exercise from the poses so far and counts them by it, if it is good enough."""
        if learned is None or learned.likeness < LEAST_LIKENESS:
            return []
        counter = self._counter_for(learned.exercise)
        reps = [rep for pose in self._poses for rep in counter.update(pose)]
        if _counted(reps) < fewest:
            return []
        self._exercise, self._chosen = learned.exercise, counter
        return reps


def _counted(reps: Sequence[Rep]) -> int:
    return sum(rep.counted for rep in reps)


def _evidence(exercise: Exercise, reps: Sequence[Rep]) -> float:
    """Seconds that counted repetitions explain, weighted by how distinct the exercise is."""
    return exercise.distinct * sum(rep.end_s - rep.start_s for rep in reps if rep.counted)
