"""A pose much weaker than usual has its frame looked at once more."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.pose.person import Person
from edge_app.pose.preprocess import Transform
from edge_app.pose.tracker import PersonTracker
from tests.pose.people import standing

HW = (480, 640)
POINTS = standing(300, 240)


def seen(score: float, points: np.ndarray = POINTS) -> Person:
    return Person(points, np.full(18, score))


def frame(tracker: PersonTracker, looks: list[Person], t_s: float) -> list[Transform]:
    """The views of one frame, in which each look shows the next of these and then the last."""
    views: list[Transform] = []
    while not views or tracker.look_again:
        views.append(tracker.view(HW, t_s))
        tracker.update([looks[min(len(views), len(looks)) - 1]], HW, t_s)
    return views


@pytest.fixture
def tracker() -> PersonTracker:
    """Tracks somebody who has been seen well for a second."""
    one = PersonTracker((192, 192))
    frame(one, [seen(0.8)], 0.0)
    for tick in range(1, 16):
        assert len(frame(one, [seen(0.8)], tick / 15)) == 1
    return one


def test_the_second_look_is_wider_and_level(tracker: PersonTracker) -> None:
    leaning = standing(300, 240, turn_deg=30)
    for tick in range(5):
        frame(tracker, [seen(0.8, leaning)], 1.1 + tick / 15)
    first, second = frame(
        tracker, [seen(0.3, leaning + np.array([20, 10])), seen(0.7, leaning)], 1.5
    )
    turns = [np.degrees(np.arctan2(*view.matrix[0, 1::-1])) for view in (first, second)]
    assert abs(turns[0]) > 20 and abs(turns[1]) < 1e-3
    scales = [np.hypot(*view.matrix[0, :2]) for view in (first, second)]
    assert 1.2 < scales[0] / scales[1] < 1.4


@pytest.mark.parametrize(("second", "taken"), [(0.7, 1), (0.32, 0), (0.1, 0)])
def test_the_surer_pose_counts(tracker: PersonTracker, second: float, taken: int) -> None:
    both = [seen(0.3, POINTS + np.array([10, 5])), seen(second)]
    assert len(frame(tracker, both, 1.1)) == 2
    assert tracker.person is both[taken]


def test_who_stays_hard_to_see_is_not_rechecked_for_ever(tracker: PersonTracker) -> None:
    looks = [len(frame(tracker, [seen(0.4)], 1.1 + tick / 15)) for tick in range(90)]
    assert looks[0] == 2 and looks[-1] == 1
    assert sum(looks) < 90 + 15 * 2.5, "what is usual is learned anew within seconds"


def test_another_person_is_judged_by_their_own_poses(tracker: PersonTracker) -> None:
    while tracker.person is not None:
        tracker.view(HW, 5.0)
        tracker.update([], HW, 5.0)
    frame(tracker, [seen(0.4)], 6.0)
    assert tracker.person is not None
    assert len(frame(tracker, [seen(0.4)], 6.1)) == 1
