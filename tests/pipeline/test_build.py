"""From names to what runs."""

from __future__ import annotations

import pytest

from edge_app.errors import InputError
from edge_app.exercise.auto import AutoCounter, Set
from edge_app.exercise.definition import find_exercise
from edge_app.exercise.hold import HoldCounter
from edge_app.pipeline.build import StoredTrack, rules_of, sets_of, zones
from edge_app.values import Pose


@pytest.mark.parametrize(
    ("exercise", "protocol", "name", "title"),
    [
        ("Situp", None, "sit-up", "sit-up"),
        (None, "china-sit-up", "sit-up", "China one-minute sit-up"),
        ("sit-up", "china-sit-up", "sit-up", "China one-minute sit-up"),
        ("plank", None, "plank", "plank, seconds"),
        ("auto", None, "auto", "auto"),
    ],
)
def test_rules_by_name(exercise: str | None, protocol: str | None, name: str, title: str) -> None:
    rules = rules_of(exercise, protocol)
    assert rules.name == name
    assert rules.title(rules.counter()) == title


def test_every_counter_is_a_fresh_one_of_the_right_kind() -> None:
    assert isinstance(rules_of("plank").counter(), HoldCounter)
    assert isinstance(rules_of("new").counter(), AutoCounter)
    rules = rules_of("squat")
    assert rules.counter() is not rules.counter()


@pytest.mark.parametrize(
    ("exercise", "protocol", "said"),
    [
        (None, None, "nothing to count: give --exercise"),
        ("squat", "china-sit-up", "is a test of"),
        ("auto", "china-sit-up", "is a test of"),
        ("nonsense", None, "no exercise"),
    ],
)
def test_what_makes_no_sense_is_said(exercise: str | None, protocol: str | None, said: str) -> None:
    with pytest.raises(InputError, match=said):
        rules_of(exercise, protocol)


def test_mats_share_the_picture_evenly() -> None:
    assert [(z.left, z.right) for z in zones(2)] == [(0.0, 0.5), (0.5, 1.0)]


def test_a_stored_track_gives_its_poses_back() -> None:
    poses = [Pose.nobody(t) for t in (0.0, 0.5)]
    stored = StoredTrack(poses)
    assert [stored.estimate(frame) for frame in stored] == poses


def test_a_circuit_is_told_set_by_set() -> None:
    rules = rules_of("auto")
    counter = rules.counter()
    assert isinstance(counter, AutoCounter)
    assert sets_of(counter) == []
    counter.sets.append(Set(find_exercise("squat"), 11, 10))
    assert rules.title(counter) == "auto, squat"
    counter.sets.append(Set(find_exercise("push-up"), 4, 4))
    assert rules.title(counter) == "auto, squat 10, push-up 4"
    assert sets_of(counter) == [("squat", 10), ("push-up", 4)]
    assert sets_of(rules_of("squat").counter()) == []
