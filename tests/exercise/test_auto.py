"""Stick figures counted without being told which exercise they do."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.exercise.auto import NEW, AutoCounter
from edge_app.exercise.build import rules_alone
from edge_app.exercise.definition import all_exercises
from edge_app.sinks.track import load_track
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

TRACKS = Path(__file__).parents[1] / "data" / "tracks"


def counted(counter: AutoCounter, poses: list[Pose]) -> int:
    reps = [rep for pose in poses for rep in counter.update(pose)] + counter.finish()
    return sum(rep.counted for rep in reps)


@pytest.mark.parametrize(
    ("done", "name"), [(sit_up, "sit-up"), (push_up, "push-up"), (squat, "squat")]
)
def test_a_known_exercise_is_recognised(done, name: str) -> None:
    counter = AutoCounter(all_exercises(), rules_alone)
    assert counted(counter, clip(done, 6, 18.0)) == 6
    assert counter.exercise is not None
    assert counter.exercise.name == name


def test_a_new_movement_is_counted_too() -> None:
    counter = AutoCounter(all_exercises(), rules_alone)
    poses = disturb(clip(toe_touch, 8, 23.0), seed=3)
    assert counted(counter, poses) == 8
    assert counter.exercise is not None
    assert counter.exercise.name == NEW


def test_nothing_known_is_needed() -> None:
    counter = AutoCounter((), rules_alone)
    assert counted(counter, clip(squat, 5, 15.0)) == 5
    assert counter.exercise is not None
    assert counter.exercise.name == NEW


@pytest.mark.parametrize("seed", [1, 2])
def test_who_stands_or_walks_by_repeats_nothing(seed: int) -> None:
    still = [squat(0.0, i / FPS) for i in range(300)]
    assert counted(AutoCounter(all_exercises(), rules_alone), disturb(still, seed)) == 0
    passing = [walk(i / FPS) for i in range(140)]
    assert counted(AutoCounter(all_exercises(), rules_alone), passing) == 0


def test_a_count_on_the_screen_never_goes_back() -> None:
    counter, last = AutoCounter(all_exercises(), rules_alone), 0
    for pose in clip(push_up, 8, 24.0):
        counter.update(pose)
        assert counter.count >= last
        last = counter.count
    assert last == 8


def circuit(*names: str, pause_s: float = 5.0) -> list[Pose]:
    """Stored tracks one after the other."""
    poses: list[Pose] = []
    for name in names:
        start_s = poses[-1].t_s + pause_s if poses else 0.0
        track = list(load_track(TRACKS / f"{name}.npz"))
        poses += [Pose(p.xy, p.score, p.t_s - track[0].t_s + start_s) for p in track]
    return poses


def test_a_change_of_exercise_begins_a_new_set() -> None:
    counter = AutoCounter(all_exercises(), rules_alone)
    poses = circuit("pushup__Sumukh0504__2", "squat__luizfcharry__2")
    reps = [rep for pose in poses for rep in counter.update(pose)] + counter.finish()
    assert [(s.exercise.name, s.count) for s in counter.sets] == [("push-up", 5), ("squat", 6)]
    assert counter.count == 11 and [rep.number for rep in reps] == [*range(1, 12)]
    assert counter.exercise is not None and counter.exercise.name == "squat"


def test_more_of_the_same_is_the_same_set() -> None:
    counter = AutoCounter(all_exercises(), rules_alone)
    for pose in circuit("squat__Joe-Lo0716__1", "squat__Joe-Lo0716__1", pause_s=8.0):
        counter.update(pose)
    counter.finish()
    assert [(s.exercise.name, s.count) for s in counter.sets] == [("squat", 10)]
