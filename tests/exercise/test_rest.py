"""Changes since the person rested: of the last few starts the lowest one says where rest is."""

from __future__ import annotations

import math

import pytest

from edge_app.exercise.parameters import PARAMETERS
from edge_app.exercise.rest import RestValues


def run(rest: RestValues, start_s: float, samples: list[tuple[float, bool]]) -> list[float]:
    """Feeds (height, moving) at 10 a second, height being both progress and trunk; the changes."""
    changes = []
    for number, (height, moving) in enumerate(samples):
        parameters = {**dict.fromkeys(PARAMETERS, math.nan), "trunk_rise": height}
        rest.add(start_s + number / 10, height, moving, parameters)
        changes.append(parameters["trunk_rise_change"])
    return changes


def test_nothing_is_known_before_the_first_start():
    assert all(math.isnan(change) for change in run(RestValues(), 0, [(0.2, False)] * 5))


@pytest.mark.parametrize("tilt", [-0.4, 0.0, 0.3])
def test_a_tilted_camera_changes_no_change(tilt):
    samples = [(tilt, False)] * 20 + [(tilt + 0.9, True)]
    assert run(RestValues(), 0, samples)[-1] == pytest.approx(0.9)


def test_after_a_return_that_stops_halfway_rest_is_still_the_mat():
    rest = RestValues()
    run(rest, 0, [(0.0, False)] * 20 + [(0.9, True)] * 5)
    run(rest, 3, [(0.4, False)] * 10)
    assert run(rest, 4, [(0.9, True)])[-1] == pytest.approx(0.9)


def test_a_start_of_no_repetition_is_forgotten():
    rest = RestValues()
    run(rest, 0, [(-1.0, False)] * 20 + [(0.9, True)] * 5)  # somebody who gets down on the floor
    rest.forget()
    run(rest, 3, [(0.0, False)] * 20)
    assert run(rest, 5, [(0.9, True)])[-1] == pytest.approx(0.9, abs=0.01)
