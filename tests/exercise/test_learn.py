"""Exercises learned from stick figures, and counted without being told which they are."""

from __future__ import annotations

from typing import Callable

import numpy as np
import pytest

from edge_app.exercise.auto import NEW, AutoCounter
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import all_exercises
from edge_app.exercise.learn import Recording, learn
from edge_app.values import Pose
from tests.exercise.stick_figure import (
    TORSO,
    direction,
    disturb,
    figure,
    movement,
    push_up,
    sit_up,
    squat,
    walk,
)

FPS = 20.0


def clip(done: Callable[[float, float], Pose], reps: int, seconds: float) -> list[Pose]:
    times_s = np.arange(0, seconds, 1 / FPS).tolist()
    return [done(movement(t_s, reps), t_s) for t_s in times_s]


def toe_touch(progress: float, t_s: float) -> Pose:
    """An exercise that no file describes: straight legs, the trunk bends down and comes up."""
    hip, ankle = np.array([0.0, 1.65]), np.zeros(2)
    shoulder = hip + direction(90 - 130 * progress) * TORSO
    wrist = shoulder + np.array([0.05, -1.05])
    elbow = (shoulder + wrist) / 2
    return figure(hip, shoulder, elbow, wrist, hip / 2, ankle, t_s)


def counted(counter: AutoCounter | RepCounter, poses: list[Pose]) -> int:
    reps = [rep for pose in poses for rep in counter.update(pose)] + counter.finish()
    return sum(rep.counted for rep in reps)


@pytest.mark.parametrize("done", [sit_up, push_up, squat, toe_touch])
def test_three_repetitions_teach_and_ten_others_are_counted(done) -> None:
    learned = learn(Recording(disturb(clip(done, 3, 10.0), seed=1)), "wall ball", count=3)
    assert learned is not None
    assert len(learned.intervals) == 3
    assert counted(RepCounter(learned.exercise), disturb(clip(done, 10, 28.0), seed=2)) == 10


@pytest.mark.parametrize(
    ("done", "name"), [(sit_up, "sit-up"), (push_up, "push-up"), (squat, "squat")]
)
def test_a_known_exercise_is_recognised(done, name: str) -> None:
    counter = AutoCounter(all_exercises())
    assert counted(counter, clip(done, 6, 18.0)) == 6
    assert counter.exercise is not None
    assert counter.exercise.name == name


def test_a_new_movement_is_counted_too() -> None:
    counter = AutoCounter(all_exercises())
    poses = disturb(clip(toe_touch, 8, 23.0), seed=3)
    assert counted(counter, poses) == 8
    assert counter.exercise is not None
    assert counter.exercise.name == NEW


def test_nothing_known_is_needed() -> None:
    counter = AutoCounter(())
    assert counted(counter, clip(squat, 5, 15.0)) == 5
    assert counter.exercise is not None
    assert counter.exercise.name == NEW


@pytest.mark.parametrize("seed", [1, 2])
def test_who_stands_or_walks_by_repeats_nothing(seed: int) -> None:
    still = [squat(0.0, i / FPS) for i in range(300)]
    assert counted(AutoCounter(all_exercises()), disturb(still, seed)) == 0
    passing = [walk(i / FPS) for i in range(140)]
    assert counted(AutoCounter(all_exercises()), passing) == 0


def test_a_count_on_the_screen_never_goes_back() -> None:
    counter, last = AutoCounter(all_exercises()), 0
    for pose in clip(push_up, 8, 24.0):
        counter.update(pose)
        assert counter.count >= last
        last = counter.count
    assert last == 8


@pytest.mark.parametrize("count", [2, 4])
def test_a_wrong_number_teaches_nothing(count: int) -> None:
    assert learn(Recording(clip(squat, 3, 10.0)), "x", count) is None


def test_no_movement_teaches_nothing() -> None:
    assert learn(Recording(), "x") is None
    assert learn(Recording([squat(0.0, i / FPS) for i in range(200)]), "x") is None


def test_a_recording_forgets() -> None:
    recording = Recording(clip(squat, 2, 6.0))
    recording.forget_before(4.0)
    assert min(recording.t_s) >= 4.0
    assert len(recording.t_s) == len(recording.rows) == len(recording.places)
