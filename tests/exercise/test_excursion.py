"""Peak, valley and crossings of one movement."""

from __future__ import annotations

import math

import pytest

from edge_app.exercise.excursion import Excursion, crossing_s


def test_the_valley_is_the_lowest_value_since_the_peak() -> None:
    excursion = Excursion()
    for t_s, value in enumerate([0.2, 0.8, 0.5, 0.6, 0.4, 0.7]):
        excursion.follow(float(t_s), value)
    assert (excursion.peak, excursion.peak_s) == (0.8, 1.0)
    assert (excursion.valley, excursion.valley_s) == (0.4, 4.0)
    excursion.follow(6.0, 0.9)
    assert (excursion.peak, excursion.valley) == (0.9, math.inf)


def test_a_new_rise_begins_below_the_last_peak() -> None:
    excursion = Excursion(peak=1.0, peak_s=1.0, valley=0.1, valley_s=2.0)
    excursion.rise_to(3.0, 0.3)
    assert (excursion.peak, excursion.peak_s, excursion.valley) == (0.3, 3.0, math.inf)


@pytest.mark.parametrize(("level", "wanted_s"), [(0.5, 1.5), (0.0, 1.0), (-1.0, 1.0), (2.0, 2.0)])
def test_a_crossing_lies_between_its_samples(level: float, wanted_s: float) -> None:
    assert crossing_s(1.0, 0.0, 2.0, 1.0, level) == wanted_s
    assert crossing_s(1.0, 0.5, 2.0, 0.5, level) == 2.0
