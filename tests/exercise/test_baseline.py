"""Changes since the person rested: the lowest of the last few samples says where rest is."""

from __future__ import annotations

import math

import pytest

from edge_app.exercise.baseline import Baseline, bend_deg
from edge_app.exercise.parameters import PARAMETERS


def run(baseline: Baseline, start_s: float, samples: list[tuple[float, bool]]) -> list[float]:
    """Feeds (height, moving) at 10 a second, height being both progress and trunk; the changes."""
    changes = []
    for number, (height, moving) in enumerate(samples):
        parameters = {**dict.fromkeys(PARAMETERS, math.nan), "trunk_rise": height}
        baseline.add(start_s + number / 10, height, moving, parameters)
        changes.append(parameters["trunk_rise_change"])
    return changes


def test_nothing_is_known_before_the_first_movement():
    assert all(math.isnan(change) for change in run(Baseline(), 0, [(0.2, False)] * 5))


@pytest.mark.parametrize("tilt", [-0.4, 0.0, 0.3])
def test_a_tilted_camera_changes_no_change(tilt):
    samples = [(tilt, False)] * 20 + [(tilt + 0.9, True)]
    assert run(Baseline(), 0, samples)[-1] == pytest.approx(0.9)


def test_after_a_return_that_stops_halfway_rest_is_still_the_mat():
    baseline = Baseline()
    run(baseline, 0, [(0.0, False)] * 20 + [(0.9, True)] * 5)
    run(baseline, 3, [(0.4, False)] * 10)
    assert run(baseline, 4, [(0.9, True)])[-1] == pytest.approx(0.9)


def test_what_began_no_repetition_is_forgotten():
    baseline = Baseline()
    run(
        baseline, 0, [(-1.0, False)] * 20 + [(0.9, True)] * 5
    )  # somebody who gets down on the floor
    baseline.forget()
    run(baseline, 3, [(0.0, False)] * 20)
    assert run(baseline, 5, [(0.9, True)])[-1] == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("elbow_deg", [30.0, 75.0, 90.0, 140.0, 180.0])
def test_the_span_of_a_limb_tells_its_angle_whatever_the_scale(elbow_deg):
    span = 2 * math.sin(math.radians(elbow_deg) / 2)  # of two parts of length 1
    for foreshortened in (1.0, 0.7):
        found = bend_deg(foreshortened * span, foreshortened * 2)
        assert found == pytest.approx(elbow_deg, abs=1e-4)


def test_a_span_longer_than_the_straight_limb_is_straight_and_an_unknown_one_unknown():
    assert bend_deg(1.1, 1.0) == 180
    assert math.isnan(bend_deg(math.nan, 1.0)) and math.isnan(bend_deg(1.0, math.nan))


def test_an_arm_is_measured_against_itself_at_rest():
    baseline, found = Baseline(), []
    for number, (reach, moving) in enumerate([(0.8, False)] * 10 + [(0.4, True)]):
        parameters = {**dict.fromkeys(PARAMETERS, math.nan), "arm_reach": reach}
        baseline.add(number / 10, 1 - reach, moving, parameters)
        found.append(parameters["elbow_by_reach_deg"])
    assert math.isnan(found[0]) and found[-1] == pytest.approx(60)
