"""The band: a curve, two named levels, and repetitions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edge_app.exercise.rep import Signal, Thresholds
from edge_app.sinks.video.colours import BAD, GOOD, INK
from edge_app.sinks.video.curve import SPAN_S, Curve
from tests.sinks.video.making import signal


def drawn(curve: Curve) -> np.ndarray:
    band = np.full((120, 640, 3), 200, np.uint8)
    curve.draw(band)
    return band


def columns(band: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return np.nonzero((band == colour).all(-1).any(0))[0]


def test_the_newest_value_is_at_the_right_and_old_ones_leave() -> None:
    curve = Curve()
    for tenth in range(300):
        curve.add(tenth / 10, signal(tenth / 10, 0.8 if tenth > 290 else 0.0))
    band = drawn(curve)
    assert columns(band, INK).max() > 630
    assert len(curve._values) <= SPAN_S * 10 + 2
    high = columns(band[:60], INK)
    assert high.min() > 560  # only the last second is high


def test_what_is_not_known_leaves_a_gap() -> None:
    curve = Curve()
    for tenth in range(100):
        value = math.nan if 40 <= tenth < 60 else 0.9
        curve.add(tenth / 10, signal(tenth / 10, value))
    shown = columns(drawn(curve), INK)
    assert np.diff(shown).max() > 100


def test_repetitions_are_marked_where_they_turned() -> None:
    curve = Curve()
    for tenth in range(100):
        curve.add(tenth / 10, signal(tenth / 10))
    curve.mark(2.0, True)
    curve.mark(7.0, False)
    band = drawn(curve)
    good, bad = (640 - columns(band, colour).mean() for colour in (GOOD, BAD))
    assert bad / good == pytest.approx(2.9 / 7.9, abs=0.02)  # of the way from now into the past


def test_thresholds_that_are_not_known_yet_and_no_values_at_all_are_no_trouble() -> None:
    nothing = Signal(0.0, math.nan, Thresholds(math.nan, math.nan, math.nan))
    curve = Curve()
    assert (drawn(curve) == 60).all()
    curve.add(0.0, nothing)
    assert (drawn(curve) == 60).all()
