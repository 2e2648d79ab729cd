"""Who of several people is taken for the one that does the exercise."""

from __future__ import annotations

import pytest

from edge_app.exercise.definition import find_exercise
from edge_app.exercise.posture_fit import PostureFit
from edge_app.pose.person import Person
from edge_app.values import Pose
from tests.exercise.stick_figure import push_up, sit_up, squat, walk


def person(pose: Pose) -> Person:
    return Person(pose.xy, pose.score)


@pytest.mark.parametrize(
    ("exercise", "does", "looks_on"),
    [
        ("sit-up", sit_up(0.0, 0.0), squat(0.9, 0.0)),  # the helper crouches at the feet
        ("sit-up", sit_up(0.0, 0.0), walk(0.3)),
        ("push-up", push_up(0.5, 0.0), squat(0.0, 0.0)),
        ("squat", squat(0.0, 0.0), sit_up(0.0, 0.0)),
        ("plank", push_up(0.0, 0.0), squat(0.0, 0.0)),
    ],
)
def test_who_does_it_suits_better(exercise: str, does: Pose, looks_on: Pose) -> None:
    posture_fit = PostureFit(find_exercise(exercise))
    assert posture_fit(person(does)) == 1.0
    assert posture_fit(person(looks_on)) < 1.0


def test_what_is_not_seen_is_worth_less() -> None:
    posture_fit, pose = PostureFit(find_exercise("squat")), squat(0.0, 0.0)
    half = pose.score.copy()
    half[8:14] = 0  # hips, knees, ankles
    assert posture_fit(Person(pose.xy, half)) < posture_fit(person(pose))
