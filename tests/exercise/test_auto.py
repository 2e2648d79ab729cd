"""Stick figures counted without being told which exercise they do."""

from __future__ import annotations

import pytest

from edge_app.exercise.auto import NEW, AutoCounter
from edge_app.exercise.build import counter_for
from edge_app.exercise.definition import all_exercises
from edge_app.values import Pose
from tests.exercise.stick_figure import (
    FPS,
    clip,
    disturb,
    push_up,
    sit_up,
    squat,
    toe_touch,
    walk,
)


def counted(counter: AutoCounter, poses: list[Pose]) -> int:
    reps = [rep for pose in poses for rep in counter.update(pose)] + counter.finish()
    return sum(rep.counted for rep in reps)


@pytest.mark.parametrize(
    ("done", "name"), [(sit_up, "sit-up"), (push_up, "push-up"), (squat, "squat")]
)
def test_a_known_exercise_is_recognised(done, name: str) -> None:
    counter = AutoCounter(all_exercises(), counter_for)
    assert counted(counter, clip(done, 6, 18.0)) == 6
    assert counter.exercise is not None
    assert counter.exercise.name == name


def test_a_new_movement_is_counted_too() -> None:
    counter = AutoCounter(all_exercises(), counter_for)
    poses = disturb(clip(toe_touch, 8, 23.0), seed=3)
    assert counted(counter, poses) == 8
    assert counter.exercise is not None
    assert counter.exercise.name == NEW


def test_nothing_known_is_needed() -> None:
    counter = AutoCounter((), counter_for)
    assert counted(counter, clip(squat, 5, 15.0)) == 5
    assert counter.exercise is not None
    assert counter.exercise.name == NEW


@pytest.mark.parametrize("seed", [1, 2])
def test_who_stands_or_walks_by_repeats_nothing(seed: int) -> None:
    still = [squat(0.0, i / FPS) for i in range(300)]
    assert counted(AutoCounter(all_exercises(), counter_for), disturb(still, seed)) == 0
    passing = [walk(i / FPS) for i in range(140)]
    assert counted(AutoCounter(all_exercises(), counter_for), passing) == 0


def test_a_count_on_the_screen_never_goes_back() -> None:
    counter, last = AutoCounter(all_exercises(), counter_for), 0
    for pose in clip(push_up, 8, 24.0):
        counter.update(pose)
        assert counter.count >= last
        last = counter.count
    assert last == 8
