"""Single wrong samples, noise and delay."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edge_app.exercise.median_filter import NOISY_RISE, NOISY_WINDOW_S, WINDOW_S, MedianFilter

HZ = 30


def test_one_wrong_sample_does_not_get_through() -> None:
    median = MedianFilter()
    values = [median.update(n / HZ, 1.0 if n == 20 else 0.0)[1] for n in range(40)]
    assert values == [0.0] * 40


def test_time_and_value_belong_together() -> None:
    """On a ramp the median is the value of its time, so nothing is late by an unknown amount."""
    median = MedianFilter()
    given = [median.update(n / HZ, 0.5 * n / HZ) for n in range(40)]
    assert all(value == pytest.approx(0.5 * t_s) for t_s, value in given)


def test_a_movement_is_no_noise_and_jitter_is() -> None:
    smooth, noisy, random = MedianFilter(), MedianFilter(), np.random.default_rng(0)
    assert smooth.noise_rise == 0.0
    for n in range(300):
        smooth.update(n / HZ, math.sin(n / HZ))
        noisy.update(n / HZ, float(random.normal(0, 0.06)))
    assert smooth.noise_rise < NOISY_RISE / 2 < NOISY_RISE < noisy.noise_rise


def test_a_noisy_signal_gets_a_longer_window() -> None:
    quiet, noisy, random = MedianFilter(), MedianFilter(), np.random.default_rng(0)
    lag_s = []
    for n in range(300):
        lag_s = [
            n / HZ - quiet.update(n / HZ, 0.0)[0],
            n / HZ - noisy.update(n / HZ, float(random.normal(0, 0.1)))[0],
        ]
    assert lag_s[0] <= WINDOW_S / 2 < lag_s[1] <= NOISY_WINDOW_S / 2
