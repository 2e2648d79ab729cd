"""Angles, distances and middles of hand-made points."""

from __future__ import annotations

import math

import numpy as np
import pytest

from edge_app.exercise.geometry import BOTH, angle_deg, below, distance, middle
from edge_app.skeleton import INDEX


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [((1, 0), (0, 1), 90), ((1, 0), (-1, 0), 180), ((1, 0), (3, 0), 0), ((1, 0), (1, 1), 45)],
)
def test_angle_deg_equation_7(first, last, wanted):
    vertex = np.array([5.0, 5.0])
    assert angle_deg(vertex + first, vertex, vertex + last) == pytest.approx(wanted, abs=1e-4)


def test_a_limb_without_length_has_no_angle():
    assert math.isnan(angle_deg(np.zeros(2), np.zeros(2), np.ones(2)))


def test_distance_equation_8():
    assert distance(np.array([1.0, 1.0]), np.array([4.0, 5.0])) == 5.0


@pytest.mark.parametrize("mirror", [1, -1])
@pytest.mark.parametrize(("y", "wanted"), [(0.0, 1.0), (1.0, 0.0), (1.5, -0.5)])
def test_below_a_line_does_not_depend_on_its_direction(mirror, y, wanted):
    found = below((0.3, y), (mirror * 1.0, 1.0), (mirror * -1.0, 1.0), shortest=1.5)
    assert found == pytest.approx(wanted)


def test_a_line_between_near_points_says_nothing():
    assert math.isnan(below((0, 0), (0, 1), (1, 1), shortest=1.5))


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [((1.0, 1.0), (1.0, 2.0)), ((0.75, 0.25), (0.5, 1.0)), ((0.0, 0.5), (2, 4)), ((0, 0.04), None)],
)
def test_a_middle_is_weighted_by_the_scores(scores, wanted):
    xy, score = [[0.0, 0.0]] * 18, [0.0] * 18
    right, left = BOTH["hip"]
    assert (right, left) == (INDEX["right_hip"], INDEX["left_hip"])
    xy[left], score[right], score[left] = [2.0, 4.0], *scores
    found = middle(xy, score, "hip")
    assert found is None if wanted is None else found == pytest.approx(wanted)
