"""Hysteresis, sample by sample: phases, thresholds and raw intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edge_app.exercise.definition import Limits
from edge_app.exercise.rep import Interval
from edge_app.exercise.segment import BRIDGED_GAP_S, Segmenter
from tests.exercise.stick_figure import movement

LIMITS = Limits(0.35, 0.55, 0.4, 0.12, 8.0)
HZ = 30


def feed(
    segmenter: Segmenter, points: list[tuple[float, float]], start_s: float = 0.0
) -> list[Interval]:
    """Straight lines through (t_s, progress), 30 samples a second from `start_s`."""
    times = np.arange(start_s, points[-1][0], 1 / HZ)
    values = np.interp(times, *np.transpose(points))
    found = [segmenter.update(*sample) for sample in zip(times.tolist(), values.tolist())]
    return [interval for interval in found if interval is not None]


def test_phases_of_one_repetition() -> None:
    segmenter, phases = Segmenter(LIMITS), ["unknown"]
    for t_s in np.arange(0, 4, 1 / HZ).tolist():
        segmenter.update(t_s, movement(t_s, 1))
        if segmenter.phase != phases[-1]:
            phases.append(segmenter.phase)
    assert phases == ["unknown", "rest", "moving", "extreme", "rest"]


def test_a_raw_interval_ends_where_the_signal_crosses_the_lower_threshold() -> None:
    (interval,) = feed(Segmenter(LIMITS), [(0, 0), (1, 0), (2, 1), (3, 0), (4, 0)])
    assert interval.complete and interval.peak == pytest.approx(1.0)
    assert interval.start_s == pytest.approx(1.07, abs=0.05)  # a tenth of the range above rest
    assert interval.end_s == pytest.approx(2.6, abs=0.02)  # rest_fraction of the way is left


def test_a_turn_ends_a_repetition_that_comes_back_halfway() -> None:
    found = feed(Segmenter(LIMITS), [(0, 0), (1, 0), (2, 1), (3, 0.5), (4, 1), (5, 0), (6, 0)])
    assert [interval.complete for interval in found] == [True, True]
    assert found[0].end_s == found[1].start_s == pytest.approx(3.0, abs=0.05)


def test_a_gap_is_bridged_unless_it_is_long() -> None:
    for gap_s, phase in ((0.9 * BRIDGED_GAP_S, "moving"), (1.1 * BRIDGED_GAP_S, "rest")):
        segmenter = Segmenter(LIMITS)
        feed(segmenter, [(0, 0), (1, 0), (1.3, 0.3)])
        segmenter.update(1.3 + gap_s, 0.3)
        assert segmenter.phase == phase


def test_nan_changes_nothing() -> None:
    segmenter = Segmenter(LIMITS)
    feed(segmenter, [(0, 0), (1, 0), (1.3, 0.3)])
    before = segmenter.thresholds, segmenter.phase
    assert segmenter.update(1.31, math.nan) is None
    assert (segmenter.thresholds, segmenter.phase) == before


def test_a_rise_that_noise_may_make_opens_nothing() -> None:
    quiet, noisy = Segmenter(LIMITS), Segmenter(LIMITS)
    for t_s in np.arange(0, 2, 1 / HZ).tolist():
        value = 0.3 * movement(t_s, 1)
        quiet.update(t_s, value)
        noisy.update(t_s, value, noise_rise=0.7)
    assert (quiet.phase, noisy.phase) == ("moving", "rest")


def test_a_reopened_interval_goes_on_and_is_not_remembered() -> None:
    segmenter = Segmenter(LIMITS)
    (interval,) = feed(segmenter, [(0, 0), (1, 0), (2, 1), (2.7, 0.3)])
    segmenter.reopen(interval)
    assert segmenter.phase == "extreme" and segmenter.peak == interval.peak
    (whole,) = feed(segmenter, [(2.7, 0.5), (3.2, 0), (4, 0)], start_s=2.7)
    assert (whole.start_s, whole.extreme_s) == (interval.start_s, interval.extreme_s)


def test_a_posture_that_is_kept_for_long_becomes_rest() -> None:
    segmenter = Segmenter(LIMITS)
    feed(segmenter, [(0, 0), (1, 0), (2, 0.3), (15, 0.3)])
    assert segmenter.phase == "rest" and segmenter.rest == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("wrong_s", [0.07, 0.2])
def test_wrong_joints_at_the_very_start_set_no_rest(wrong_s: float) -> None:
    """The first moments lie far below where the person really rests; nothing began there."""
    segmenter, found = Segmenter(LIMITS), []
    for t_s in np.arange(0, 8, 1 / 30).tolist():
        value = -0.7 if t_s < wrong_s else movement(t_s, 2)
        found.append(segmenter.update(t_s, value))
    found = [interval for interval in found if interval is not None]
    assert len(found) == 2
    assert found[0].start_s > 0.9
