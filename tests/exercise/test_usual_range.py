"""The person's own range: whole repetitions, small ones in a row, and what is forgotten."""

from __future__ import annotations

import pytest

from edge_app.exercise.usual_range import (
    MOST_UNKNOWN,
    MOST_USUAL,
    REMEMBERED,
    TOO_SMALL_IN_A_ROW,
    UsualRange,
)

LEAST = 0.35


def whole(*amplitudes: float) -> UsualRange:
    """After complete repetitions, the extreme of the first at 1 s, of the next at 2 s ..."""
    usual = UsualRange(LEAST)
    for number, amplitude in enumerate(amplitudes, 1):
        usual.add(amplitude, float(number), complete=True)
    return usual


@pytest.mark.parametrize(
    ("amplitudes", "value"),
    [((), None), ((0.8,), 0.8), ((0.8, 1.0), 0.8), ((0.8, 1.0, 3.0), 1.0), ((9, 1, 1, 1, 1, 1), 1)],
)
def test_the_median_of_the_last_repetitions(amplitudes: tuple[float, ...], value: float) -> None:
    assert len(amplitudes) <= REMEMBERED + 1
    assert whole(*amplitudes).value == value


def test_a_rise_is_plausible_up_to_the_usual_one_and_a_half() -> None:
    assert UsualRange(LEAST).max_rise == MOST_UNKNOWN
    assert whole(0.8).max_rise == MOST_USUAL * 0.8


def test_what_was_no_repetition_is_forgotten() -> None:
    usual = whole(0.8, 2.0, 2.0)
    usual.forget(2.0)
    assert usual.value == 0.8
    usual.forget(7.0)
    assert usual.value == 0.8
    usual.forget(1.0)
    usual.forget(3.0)
    assert usual.value is None


def test_the_last_amplitude_is_no_larger_than_what_came_back() -> None:
    usual = whole(1.0)
    usual.limit_last(1.4)
    assert usual.value == 1.0
    usual.limit_last(0.6)
    assert usual.value == 0.6
    usual.limit_last(0.1)
    assert usual.value == LEAST
    unknown = UsualRange(LEAST)
    unknown.limit_last(0.5)
    assert unknown.value is None


@pytest.mark.parametrize(
    ("small", "value"),
    [
        ([0.4] * (TOO_SMALL_IN_A_ROW - 1), 1.0),
        ([0.4, 0.38, 0.36], 0.4),
        ([0.4, 0.2, 0.4], 1.0),  # not alike
        ([0.1, 0.1, 0.1], 1.0),  # far below the least range
    ],
)
def test_small_movements_alike_in_a_row_are_the_range_from_now_on(
    small: list[float], value: float
) -> None:
    usual = whole(1.0, 1.0)
    for number, amplitude in enumerate(small):
        usual.add(amplitude, 10.0 + number, complete=False)
    assert usual.value == value


def test_a_whole_repetition_between_breaks_the_row() -> None:
    usual = whole(1.0)
    for number in range(6):
        usual.add(1.0 if number == 2 else 0.4, 10.0 + number, complete=number == 2)
        assert (usual.value == 1.0) is (number < 5)
