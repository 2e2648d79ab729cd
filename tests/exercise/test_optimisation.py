"""Raw intervals become real movements: wobbles, ends, and what is too short."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge_app.exercise.definition import Limits
from edge_app.exercise.optimisation import MAX_DELAY_S, Decision, IntervalOptimiser
from edge_app.exercise.rep import Interval

LIMITS = Limits(0.35, 0.55, 0.4, 0.12, 8.0)
RAW = Interval(1.0, 2.0, 2.6, rest=0.0, peak=1.0, complete=True, floor=0.4)
NOTHING = Decision(None, None)


def decide(
    samples: list[tuple[float, float]], raw: Interval = RAW, max_rise: float = 1.2
) -> tuple[float, Decision]:
    """`raw` is closed with the first (t_s, value); the first decision after it and its time."""
    optimiser = IntervalOptimiser(LIMITS)
    for number, (t_s, value) in enumerate(samples):
        decision = optimiser.update(t_s, value, None if number else raw, max_rise)
        if decision != NOTHING:
            return t_s, decision
    return samples[-1][0], NOTHING


def line(*values: float, start_s: float = 2.6) -> list[tuple[float, float]]:
    return [(start_s + number / 20, value) for number, value in enumerate(values)]


def test_the_end_moves_to_where_the_person_is_back_in_rest() -> None:
    falling = [0.4, 0.3, 0.2, 0.12, 0.06, 0.02, 0.0, 0.0]
    t_s, (final, wobble) = decide(line(*falling))
    assert final is not None and wobble is None
    assert t_s == pytest.approx(2.95)  # the first sample that no longer falls
    assert final.end_s == pytest.approx(2.9)
    assert final.near_s == pytest.approx(2.8)
    assert (final.start_s, final.extreme_s) == (RAW.start_s, RAW.extreme_s)


def test_a_shallow_dip_is_a_wobble() -> None:
    _, decision = decide(line(0.4, 0.5, 0.6))
    assert decision == Decision(None, RAW)


@pytest.mark.parametrize(
    ("samples", "max_rise"),
    [
        (line(0.2, 0.5, 0.6), 1.2),  # a deep dip
        (line(0.4, 0.4, 0.4, 0.4, 0.5, 0.6), 1.2),  # too late
        (line(0.4, 0.5, 0.6), 0.6),  # the rise was mostly a wrong rest level: this was its return
    ],
)
def test_what_is_no_wobble_ends_at_the_lowest_sample(
    samples: list[tuple[float, float]], max_rise: float
) -> None:
    _, (final, wobble) = decide(samples, max_rise=max_rise)
    assert wobble is None and final is not None
    assert final.end_s == RAW.end_s


def test_an_incomplete_interval_is_never_taken_back() -> None:
    raw = replace(RAW, complete=False)
    _, (final, wobble) = decide(line(0.4, 0.5, 0.6), raw)
    assert wobble is None and final is not None


def test_a_repetition_is_final_within_a_second_of_coming_back() -> None:
    """Only halfway back: the end is where it was."""
    t_s, (final, _) = decide(line(*[0.3] * 60))
    assert final is not None
    assert t_s == pytest.approx(RAW.end_s + MAX_DELAY_S, abs=0.06)


@pytest.mark.parametrize(("extreme_s", "kept"), [(1.05, False), (1.2, True), (2.55, True)])
def test_what_is_too_short_to_be_a_movement_is_dropped(extreme_s: float, kept: bool) -> None:
    raw = replace(RAW, extreme_s=extreme_s)
    _, (final, _) = decide(line(0.4, 0.2, 0.05, 0.0, 0.0), raw)
    assert (final is not None) is kept


def test_an_interval_begins_after_the_one_before_has_ended() -> None:
    optimiser = IntervalOptimiser(LIMITS)
    optimiser.update(2.6, 0.3, RAW)
    optimiser.update(3.0, 0.1, None)
    following = Interval(2.8, 3.8, 4.4, rest=0.0, peak=1.0, complete=True, floor=0.4)
    decision = optimiser.update(4.4, 0.4, following)
    assert decision.final is None or decision.final.end_s == 3.0
    last = optimiser.finish()
    assert last is not None and last.start_s == 3.0
    assert optimiser.finish() is None
