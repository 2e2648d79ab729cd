"""Intervals over makers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edge_app.tools.bootstrap import ratio_over_makers


def test_the_value_is_a_ratio_of_sums() -> None:
    ratio = ratio_over_makers(["a", "b", "a"], [1, 2, 3], [1, 1, 2])
    assert ratio.value == pytest.approx(6 / 4)
    assert ratio.low <= ratio.value <= ratio.high


def test_clips_of_one_maker_are_drawn_together() -> None:
    values = [1.0] * 10 + [0.0] * 10
    alone = ratio_over_makers([str(n) for n in range(20)], values, [1.0] * 20)
    together = ratio_over_makers(["a"] * 10 + ["b"] * 10, values, [1.0] * 20)
    assert (together.low, together.high) == (0.0, 1.0)
    assert 0.2 < alone.low < 0.4 and 0.6 < alone.high < 0.8


def test_the_interval_is_that_of_the_mean_of_many_makers() -> None:
    values = np.random.default_rng(1).normal(5, 1, 400)
    ratio = ratio_over_makers([str(n) for n in range(400)], values, np.ones(400))
    half = 1.96 * values.std() / math.sqrt(400)
    assert ratio.low == pytest.approx(values.mean() - half, abs=0.02)
    assert ratio.high == pytest.approx(values.mean() + half, abs=0.02)


def test_it_is_the_same_every_time() -> None:
    figures = (["a", "b", "c"], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0])
    assert ratio_over_makers(*figures) == ratio_over_makers(*figures)


def test_one_maker_has_no_interval_and_nothing_has_no_value() -> None:
    ratio = ratio_over_makers(["a", "a"], [1, 0], [1, 1])
    assert ratio.value == 0.5 and math.isnan(ratio.low)
    assert math.isnan(ratio_over_makers([], [], []).value)
    assert math.isnan(ratio_over_makers(["a", "b"], [0, 0], [0, 0]).low)
