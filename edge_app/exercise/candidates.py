"""All known exercises counted in parallel, and which of them is being done."""

from __future__ import annotations

from typing import Callable, NamedTuple, Sequence

import numpy as np

from edge_app.exercise.definition import Exercise
from edge_app.exercise.rep import Counter, Rep
from edge_app.exercise.witness.network import EXERCISES
from edge_app.exercise.witness.watch import Witness
from edge_app.values import Pose

FEWEST_NAMED, FEWEST_KNOWN = 2, 3  # repetitions before the choice, with and without the witness
CLEARLY = 1.15  # least evidence, as a multiple of the second-best exercise's
NAMED_S = 0.5  # least seconds of repetitions, weighted by the witness, for its word to decide


class Found(NamedTuple):
    """A repetition and how probable each exercise was meanwhile, by the second witness."""

    rep: Rep
    kinds: np.ndarray  # (KINDS,)


class Candidates:
    """Counters of known exercises, one of which may turn out to be the right one.

    Args:
        exercises: repetitions, no holds.
        counter_for: makes the counter of an exercise, by its rules alone.
        witness: sees the same poses; others keep it up to date.
    """

    def __init__(
        self,
        exercises: Sequence[Exercise],
        counter_for: Callable[[Exercise], Counter],
        witness: Witness,
    ) -> None:
        self._witness = witness
        self.exercises = exercises
        self.counters = [counter_for(exercise) for exercise in exercises]
        self._found: list[list[Found]] = [[] for _ in exercises]

    def update(self, pose: Pose) -> bool:
        """Adds a pose; whether a repetition became final that counts."""
        return self._add([counter.update(pose) for counter in self.counters])

    def finish(self) -> None:
        """Ends the clip."""
        self._add([counter.finish() for counter in self.counters])

    def reps(self, number: int) -> list[Rep]:
        """All repetitions of the exercise with this number."""
        return [found.rep for found in self._found[number]]

    def best(self, final: bool = False) -> int | None:
        """The exercise that is being done, as far as that is clear.

        Args:
            final: there will be no more evidence: one repetition that the witness knows will do.
        """
        clearly = 1.0 if final else CLEARLY
        numbers = range(len(self._found))
        named = [self._weight(n, self.exercises[n].seen_as) for n in numbers]
        if named and max(named) >= NAMED_S:
            best = self._clearest(named, 1 if final else FEWEST_NAMED, clearly)
            if best is None or final:
                return best
            # Did the witness see another in the same time, whose counter is only slower?
            others = [self._weight(best, e.seen_as) for e in self.exercises]
            return best if named[best] >= max(others) else None
        # The witness does not know the view: which explains the most time?
        return self._clearest([self._weight(n) for n in numbers], FEWEST_KNOWN, clearly)

    def _add(self, news: Sequence[list[Rep]]) -> bool:
        for found, new in zip(self._found, news):
            for rep in new:
                found.append(Found(rep, self._witness.kinds(rep.start_s, rep.end_s)))
        return any(rep.counted for new in news for rep in new)

    def _weight(self, number: int, seen_as: str | None = None) -> float:
        """Seconds that counted repetitions explain, weighted by how distinct the exercise is.

        Args:
            seen_as: weighted by how probable this was meanwhile, too.
        """
        seconds = 0.0
        for rep, kinds in self._found[number]:
            if rep.counted and seen_as is None:
                seconds += rep.end_s - rep.start_s
            elif rep.counted and seen_as:
                seconds += float(kinds[EXERCISES.index(seen_as)]) * (rep.end_s - rep.start_s)
        return self.exercises[number].distinct * seconds

    def _clearest(self, weights: Sequence[float], fewest: int, clearly: float) -> int | None:
        ranked = sorted(range(len(weights)), key=lambda number: -weights[number])
        if not ranked or weights[ranked[0]] <= 0 or self._count(ranked[0]) < fewest:
            return None
        best = ranked[0]
        if len(ranked) > 1:
            second = ranked[1]
            alike = self._count(best) == self._count(second)
            if not alike and weights[best] < clearly * weights[second]:
                return None
        return best

    def _count(self, number: int) -> int:
        return sum(found.rep.counted for found in self._found[number])
