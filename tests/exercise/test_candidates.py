"""Which of the exercises that are counted in parallel is being done."""

from __future__ import annotations

from typing import cast

import numpy as np

from edge_app.exercise.candidates import Candidates
from edge_app.exercise.definition import Exercise, find_exercise
from edge_app.exercise.rep import Counter, Penalty, Rep
from edge_app.exercise.witness.network import EXERCISES, KINDS
from edge_app.exercise.witness.watch import Witness
from edge_app.values import Pose

EVERY = [find_exercise(name) for name in ("squat", "lunge")]


class Given:
    """A counter that finds a repetition with each pose, of a given length in seconds."""

    def __init__(self, length_s: float) -> None:
        self._length_s = length_s

    def update(self, pose: Pose) -> list[Rep]:
        if not self._length_s:
            return []
        end_s = pose.t_s + self._length_s
        return [Rep(1, pose.t_s, pose.t_s, end_s, 1.0, True, (), Penalty(0.0, {}, 1.0), {})]

    def finish(self) -> list[Rep]:
        return self.update(Pose.nobody(9.0))


class Sure:
    """A witness that gives the same probabilities for ever."""

    def __init__(self, **kinds: float) -> None:
        self._kinds = np.zeros(KINDS, np.float32)
        for name, chance in kinds.items():
            self._kinds[EXERCISES.index(name)] = chance

    def kinds(self, start_s: float, end_s: float) -> np.ndarray:
        return self._kinds


def candidates(squat_s: float, lunge_s: float, **kinds: float) -> Candidates:
    lengths = dict(zip(("squat", "lunge"), (squat_s, lunge_s)))

    def counter_for(exercise: Exercise) -> Counter:
        return cast(Counter, Given(lengths[exercise.name]))

    return Candidates(EVERY, counter_for, cast(Witness, Sure(**kinds)))


def after(found: Candidates, reps: int) -> int | None:
    for number in range(reps):
        assert found.update(Pose.nobody(float(number)))
    return found.best()


def test_the_witness_decides_after_two_repetitions() -> None:
    assert after(candidates(1.0, 1.2, squat=0.8, lunge=0.1), 1) is None
    assert after(candidates(1.0, 1.2, squat=0.8, lunge=0.1), 2) == 0
    assert after(candidates(1.0, 1.2, squat=0.1, lunge=0.8), 2) == 1


def test_what_explains_most_is_taken_where_the_witness_knows_nothing() -> None:
    assert after(candidates(1.0, 0.2), 2) is None
    assert after(candidates(1.0, 0.2), 3) == 0
    assert after(candidates(0.2, 1.0), 3) == 1


def test_at_the_end_one_that_the_witness_knows_will_do() -> None:
    known, unknown = candidates(1.0, 0.0, squat=0.9), candidates(1.0, 0.0)
    for found in (known, unknown):
        found.finish()
    assert known.best(final=True) == 0 and len(known.reps(0)) == 1
    assert unknown.best(final=True) is None


def test_nothing_found_is_nothing_known() -> None:
    found = candidates(0.0, 0.0, squat=0.9)
    assert not found.update(Pose.nobody(0.0))
    assert found.best() is None and found.best(final=True) is None
