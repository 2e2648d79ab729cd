"""Whole rounds through the phases are counted, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.exercise.witness.network import BINS, PHASES
from models.witness.reading import most_probable, repetitions


def going(phases: list[int], sure: float = 0.8) -> np.ndarray:
    """(samples, PHASES) log probabilities of a course through the phases."""
    logs = np.full((len(phases), PHASES), (1 - sure) / (PHASES - 1))
    logs[np.arange(len(phases)), phases] = sure
    return np.log(logs)


ROUND = [p for p in range(1, BINS + 1) for _ in range(4)]


@pytest.mark.parametrize(
    ("course", "count"),
    [
        ([0] * 20 + ROUND + [0] * 20, 1),
        ([0] * 20 + ROUND * 3 + [0] * 20, 3),  # without a rest between
        ([0] * 20 + (ROUND + [0] * 10) * 2, 2),
        ([0] * 60, 0),
        ([0] * 20 + [1] * 4 + [2] * 4 + [0] * 20, 0),  # begun and given up
        ([0] * 20 + ROUND[::-1] + [0] * 20, 0),  # backwards is none
        ([0] * 30 + [3] + [0] * 30, 0),  # a flicker
        (ROUND[12:] + [0] * 20 + ROUND + [0] * 5, 1),  # the clip begins inside one
    ],
)
def test_whole_rounds_are_counted(course: list[int], count: int) -> None:
    assert len(repetitions(going(course))) == count


def test_a_repetition_has_its_times() -> None:
    (rep,) = repetitions(going([0] * 20 + ROUND + [0] * 20))
    assert abs(rep.start - 20) <= 1 and abs(rep.turn - 32) <= 1 and abs(rep.end - 44) <= 1
    assert 0.7 < rep.sure <= 0.81


def test_the_path_follows_the_evidence() -> None:
    course = [0] * 10 + ROUND + [0] * 10
    assert (most_probable(going(course)) == course).mean() > 0.95
