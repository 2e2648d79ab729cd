"""Counts an unknown exercise: names a known one, or learns the movement while counting.

All known exercises count in parallel until one is chosen (`candidates`); if none is and a movement
repeats, the exercise is learned from the last half minute (`learn`) and counted from there. When
the second witness then sees another exercise, a new set begins. What was counted stays, because a
count on a screen must not decrease.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace
from typing import Callable, Sequence

from edge_app.exercise.candidates import Candidates
from edge_app.exercise.definition import Exercise
from edge_app.exercise.learn import Learned, ParameterHistory, learn
from edge_app.exercise.rep import Counter, Rep, Signal, Thresholds
from edge_app.exercise.resample import Resampler
from edge_app.exercise.witness.network import EXERCISES
from edge_app.exercise.witness.watch import Witness
from edge_app.values import Pose

NAME = "auto"
NEW = "new"  # name of a learned movement; as an exercise: learn even what is known
KEPT_S = 30.0  # history to learn from
LOOK_EVERY_S = 2.0  # for a movement to learn
FEWEST_LEARNED = 3  # repetitions
LEAST_LIKENESS = 0.45  # least similarity of learned repetitions
# Another exercise is going on if for so long it is so probable, and the chosen one is not.
CHANGED_S, IS, IS_NOT = 3.0, 0.6, 0.15
MAY_BE = 0.3  # a known exercise is so probable: nothing is learned meanwhile
ALIKE = ("sit-up", "crunch", "v-sit-up")  # they differ in range: no change of exercise


@dataclass
class Set:
    """Repetitions of one exercise in a row: all, those that counted, when the last did."""

    exercise: Exercise
    attempts: int = 0
    count: int = 0
    end_s: float = -math.inf


class AutoCounter:
    """A counter that detects which exercise it counts, set by set.

    Args:
        exercises: those to recognise, without holds; none: always learn.
        counter_for: makes the counter of an exercise, by its rules alone.
        witness: another one than ships.

    Attributes:
        sets: what was done so far, in order.
    """

    def __init__(
        self,
        exercises: Sequence[Exercise],
        counter_for: Callable[[Exercise], Counter],
        witness: Witness | None = None,
    ) -> None:
        self._known = tuple(e for e in exercises if e.hold is None)
        self._counter_for = counter_for
        self._resampler, self._witness = Resampler(), witness or Witness()
        self._poses: deque[Pose] = deque()  # of the last KEPT_S
        self._looked_s = math.nan
        self.sets: list[Set] = []
        self._choose_anew()

    @property
    def exercise(self) -> Exercise | None:
        """The exercise recognised or learned last; None until one is known."""
        return self.sets[-1].exercise if self.sets else None

    @property
    def count(self) -> int:
        """Counted repetitions so far, of all sets; 0 before the exercise is known."""
        return sum(one.count for one in self.sets)

    @property
    def phase(self) -> str:
        """As for any counter; "unknown" before the exercise is known."""
        return self._chosen.phase if self._chosen else "unknown"

    @property
    def signal(self) -> Signal:
        """As for any counter; all NaN before the exercise is known."""
        if self._chosen:
            return self._chosen.signal
        last_s = self._poses[-1].t_s if self._poses else math.nan
        return Signal(last_s, math.nan, Thresholds(math.nan, math.nan, math.nan))

    @property
    def parameters(self) -> dict[str, float]:
        """All parameters of the last pose."""
        counter = self._chosen or next(iter(self._candidates.counters), None)
        if counter is not None:
            return counter.parameters
        return self._history.rows[-1] if self._history.rows else {}

    def update(self, pose: Pose) -> list[Rep]:
        """Adds one pose, times strictly increasing; returns the repetitions that became final.

        When the exercise becomes known, all its repetitions so far come at once.
        """
        for resampled in self._resampler.update(pose):
            self._witness.update(resampled)
        self._poses.append(pose)
        while pose.t_s - self._poses[0].t_s > KEPT_S:
            self._poses.popleft()
        look = not pose.t_s - self._looked_s < LOOK_EVERY_S  # also True at first, with NaN
        if look:
            self._looked_s = pose.t_s
        if self._chosen is None:
            return self._choose(pose, look)
        reps = self._took(self._chosen.update(pose))
        if look and self._changed(pose.t_s):
            self._choose_anew()
            for past in [p for p in self._poses if p.t_s > self.sets[-1].end_s]:
                if self._chosen is None:
                    reps += self._choose(past, look=False)
                else:
                    reps += self._took(self._chosen.update(past))
        return reps

    def finish(self) -> list[Rep]:
        """Ends the clip: decides with the evidence so far."""
        if self._chosen:
            return self._took(self._chosen.finish())
        self._candidates.finish()
        learned = learn(self._history, NEW)
        best = self._candidates.best(final=True)
        if best is not None:
            return self._begin(self._known[best], None, self._candidates.reps(best))
        if self.sets:
            return []
        reps = self._learn(learned, 2)
        return reps + (self._took(self._chosen.finish()) if self._chosen else [])

    def _choose_anew(self) -> None:
        self._chosen: Counter | None = None
        self._candidates = Candidates(self._known, self._counter_for, self._witness)
        self._history = ParameterHistory()

    def _choose(self, pose: Pose, look: bool) -> list[Rep]:
        """One pose more to decide by."""
        self._history.add(pose)
        self._history.forget_before(pose.t_s - KEPT_S)
        if self._candidates.update(pose):
            best = self._candidates.best()
            if best is not None:
                counter = self._candidates.counters[best]
                return self._begin(self._known[best], counter, self._candidates.reps(best))
        if not look or self.sets or max(self._chances(pose.t_s).values(), default=0) > MAY_BE:
            return []
        return self._learn(learn(self._history, NEW), FEWEST_LEARNED)

    def _learn(self, learned: Learned | None, fewest: int) -> list[Rep]:
        """Learns an exercise from the poses so far and counts them by it, if it is good enough."""
        if learned is None or learned.likeness < LEAST_LIKENESS or not self._history.t_s:
            return []
        counter = self._counter_for(learned.exercise)
        past = (pose for pose in self._poses if pose.t_s >= self._history.t_s[0])
        reps = [rep for pose in past for rep in counter.update(pose)]
        if sum(rep.counted for rep in reps) < fewest:
            return []
        return self._begin(learned.exercise, counter, reps)

    def _begin(self, exercise: Exercise, counter: Counter | None, reps: list[Rep]) -> list[Rep]:
        self._chosen = counter
        if not self.sets or self.sets[-1].exercise != exercise:
            self.sets.append(Set(exercise))
        return self._took(reps)

    def _took(self, reps: list[Rep]) -> list[Rep]:
        """Numbers the repetitions of the current set and counts them."""
        current = self.sets[-1]
        first = 1 + sum(one.attempts for one in self.sets)
        for rep in reps:
            current.attempts += 1
            if rep.counted:
                current.count += 1
                current.end_s = rep.end_s
        return [replace(rep, number=first + i) for i, rep in enumerate(reps)]

    def _changed(self, t_s: float) -> bool:
        """Whether another known exercise has been going on for a while."""
        current = self.sets[-1]
        if t_s - current.end_s < CHANGED_S:
            return False
        seen_as = current.exercise.seen_as
        same = ALIKE if seen_as in ALIKE else (seen_as,)
        chances = self._chances(t_s)
        others = [chance for name, chance in chances.items() if name not in same]
        return sum(chances.get(name, 0.0) for name in same) < IS_NOT and max(others, default=0) > IS

    def _chances(self, t_s: float) -> dict[str, float]:
        """How probable each known exercise has been lately, by what the witness calls it."""
        kinds = self._witness.kinds(t_s - CHANGED_S, t_s)
        names = (e.seen_as for e in self._known if e.seen_as)
        return {name: float(kinds[EXERCISES.index(name)]) for name in names}
