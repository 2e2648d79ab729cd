"""Exercises learned from stick figures."""

from __future__ import annotations

import pytest

from edge_app.exercise.counter import RepCounter
from edge_app.exercise.learn import ParameterHistory, learn
from edge_app.values import Pose
from tests.exercise.stick_figure import FPS, clip, disturb, push_up, sit_up, squat, toe_touch


def counted(counter: RepCounter, poses: list[Pose]) -> int:
    reps = [rep for pose in poses for rep in counter.update(pose)] + counter.finish()
    return sum(rep.counted for rep in reps)


@pytest.mark.parametrize("done", [sit_up, push_up, squat, toe_touch])
def test_three_repetitions_teach_and_ten_others_are_counted(done) -> None:
    learned = learn(ParameterHistory(disturb(clip(done, 3, 10.0), seed=1)), "wall ball", count=3)
    assert learned is not None
    assert len(learned.intervals) == 3
    assert counted(RepCounter(learned.exercise), disturb(clip(done, 10, 28.0), seed=2)) == 10


@pytest.mark.parametrize("count", [2, 4])
def test_a_wrong_number_teaches_nothing(count: int) -> None:
    assert learn(ParameterHistory(clip(squat, 3, 10.0)), "x", count) is None


def test_no_movement_teaches_nothing() -> None:
    assert learn(ParameterHistory(), "x") is None
    assert learn(ParameterHistory([squat(0.0, i / FPS) for i in range(200)]), "x") is None


def test_a_history_forgets() -> None:
    history = ParameterHistory(clip(squat, 2, 6.0))
    history.forget_before(4.0)
    assert min(history.t_s) >= 4.0
    assert len(history.t_s) == len(history.rows) == len(history.positions)


@pytest.mark.parametrize("done", [sit_up, squat, toe_touch])
def test_the_intervals_of_learning_are_those_of_counting(done) -> None:
    poses = disturb(clip(done, 4, 12.0), seed=5)
    learned = learn(ParameterHistory(poses), "x")
    assert learned is not None
    counter = RepCounter(learned.exercise)
    reps = [rep for pose in poses for rep in counter.update(pose)] + counter.finish()
    found_s = [interval.extreme_s for interval in learned.intervals]
    assert found_s == pytest.approx([rep.extreme_s for rep in reps if rep.counted], abs=0.3)
