"""The values a counter gives out."""

from __future__ import annotations

import pytest

from edge_app.exercise.auto import AutoCounter
from edge_app.exercise.build import counter_for
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import find_exercise
from edge_app.exercise.hold import HoldCounter
from edge_app.exercise.rep import Counter, Interval, Penalty


def test_an_interval_knows_its_height_and_length() -> None:
    interval = Interval(1.0, 2.0, 3.5, rest=0.2, peak=1.1, complete=True, floor=0.2)
    assert interval.amplitude == pytest.approx(0.9)
    assert interval.duration_s == 2.5


@pytest.mark.parametrize(("total", "score"), [(0.0, 1.0), (0.5, 0.75), (2.0, 0.0), (3.0, 0.0)])
def test_a_score_falls_to_0_at_the_limit(total: float, score: float) -> None:
    assert Penalty(total, {}, limit=2.0).score == score


def test_every_counter_begins_with_nothing() -> None:
    squat, plank = find_exercise("squat"), find_exercise("plank")
    counters: list[Counter] = [
        RepCounter(squat), HoldCounter(plank), AutoCounter((squat,), counter_for),
    ]  # fmt: skip
    for counter in counters:
        assert (counter.count, counter.phase, counter.parameters) == (0, "unknown", {})
        assert counter.finish() == [] and counter.signal.progress != counter.signal.progress
