"""Several parameters, one signal."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edge_app.exercise.definition import Component
from edge_app.exercise.signal import ProgressSignal

BOTH = (Component("knee_deg", 170.0, 90.0), Component("thigh_rise", 0.75, 0.15))


def values(progress: float, jitter: float = 0.0) -> dict[str, float]:
    return {"knee_deg": 170 - 80 * (progress + jitter), "thigh_rise": 0.75 - 0.6 * progress}


@pytest.mark.parametrize("progress", [0.0, 0.3, 1.0, 1.2])
def test_parameters_that_agree_give_their_progress(progress: float) -> None:
    assert ProgressSignal(BOTH).update(0.0, values(progress)) == pytest.approx(progress)


def test_weights_of_the_file_hold_while_both_are_calm() -> None:
    signal = ProgressSignal((Component("knee_deg", 170, 90, weight=3.0), BOTH[1]))
    mixed = {"knee_deg": 90.0, "thigh_rise": 0.75}
    assert [signal.update(t / 10, mixed) for t in range(20)][-1] == pytest.approx(0.75)


def test_a_jittering_parameter_counts_less_and_less() -> None:
    signal, random = ProgressSignal(BOTH), np.random.default_rng(0)
    off = [abs(signal.update(t / 15, values(0.5, random.normal(0, 0.4))) - 0.5) for t in range(150)]
    assert np.mean(off[60:]) < 0.03 < np.mean(np.abs(random.normal(0, 0.4, 100))) / 2


def test_a_fast_movement_is_no_jitter() -> None:
    signal = ProgressSignal(BOTH)
    shape = [0.5 - 0.5 * math.cos(2 * math.pi * t / 15) for t in range(60)]
    given = [signal.update(t / 15, {**values(p), "knee_deg": 170.0}) for t, p in enumerate(shape)]
    assert max(given[30:]) > 0.3  # the moving one keeps most of its weight beside the still one


def test_a_missing_parameter_leaves_the_other_and_none_leaves_nan() -> None:
    signal = ProgressSignal(BOTH)
    assert signal.update(0.0, {**values(0.4), "knee_deg": math.nan}) == pytest.approx(0.4)
    assert math.isnan(signal.update(0.1, {"knee_deg": math.nan, "thigh_rise": math.nan}))
