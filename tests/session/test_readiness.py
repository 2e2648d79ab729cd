"""The ready gate: who can be judged from here, and what is said to the others."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from edge_app.exercise.build import counter_for
from edge_app.exercise.definition import all_exercises, find_exercise
from edge_app.session.readiness import FORGIVEN_S, HEADSTAND_S, UPSIDE_DOWN, Lack, Readiness
from edge_app.sinks.track import load_track
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.exercise.stick_figure import push_up, sit_up, squat

FPS = 15.0
TRACKS = Path(__file__).parents[1] / "data" / "tracks"


def stays(readiness: Readiness, pose: Pose, seconds: float, from_s: float = 0.0) -> Lack:
    """The same pose for a while; what is missing at the end."""
    for n in range(int(seconds * FPS) + 1):
        readiness.update(replace(pose, t_s=from_s + n / FPS))
    return readiness.lack


def without(pose: Pose, *joints: str) -> Pose:
    score = pose.score.copy()
    for joint in joints:
        for side in ("right", "left"):
            score[INDEX[f"{side}_{joint}"]] = 0
    return replace(pose, score=score)


@pytest.mark.parametrize(
    ("exercise", "pose", "codes"),
    [
        ("sit-up", sit_up(0.0, 0), []),
        ("sit-up", sit_up(1.0, 0), ["lying"]),
        ("sit-up", squat(0.0, 0), ["lying", "knees"]),
        ("crunch", sit_up(0.0, 0), []),
        ("v-sit-up", sit_up(1.0, 0), ["lying"]),
        ("push-up", push_up(0.0, 0), []),
        ("push-up", push_up(1.0, 0), ["arms"]),
        ("push-up", squat(0.0, 0), ["level"]),
        ("hand-release push-up", push_up(0.0, 0), []),
        ("squat", squat(0.0, 0), []),
        ("squat", squat(1.0, 0), ["legs"]),
        ("squat", push_up(0.0, 0), ["standing", "legs"]),
        ("lunge", squat(0.0, 0), []),
        ("burpee", squat(0.0, 0), []),
        ("burpee", push_up(0.0, 0), ["standing"]),
        ("plank", push_up(0.0, 0), []),
        ("plank", sit_up(1.0, 0), ["level", "straight"]),
        ("pull-up", squat(0.0, 0), ["hanging"]),
        ("jumping jack", push_up(0.0, 0), ["standing"]),
        ("curl", push_up(1.0, 0), ["arms"]),
    ],
)
def test_the_pose_that_is_asked_for(exercise: str, pose: Pose, codes: list[str]) -> None:
    readiness = Readiness(find_exercise(exercise))
    lack = stays(readiness, pose, 1.0)
    assert ([reason.code for reason in lack.pose], lack.joints) == (codes, ())
    assert readiness.ready == (not codes)
    assert all(reason.sentence for reason in lack.pose)


def test_every_exercise_says_how_it_begins() -> None:
    for exercise in all_exercises():
        assert exercise.ready, exercise.name
        codes = [ready.code for ready in exercise.ready]
        assert len(set(codes)) == len(codes) and not set(codes) & set(exercise.keypoints)


def test_joints_come_before_the_pose() -> None:
    readiness = Readiness(find_exercise("sit-up"))
    lack = stays(readiness, without(sit_up(1.0, 0), "knee"), 1.0)
    assert (lack.joints, lack.pose) == (("knee",), ())


def test_what_is_not_seen_is_not_asked_for() -> None:
    """Without ankles nobody knows whether the knees are bent; the sit-up does not need them."""
    straight = squat(0.0, 0)
    readiness = Readiness(find_exercise("sit-up"))
    lack = stays(readiness, without(straight, "ankle"), 1.0)
    assert [reason.code for reason in lack.pose] == ["lying"]


@pytest.mark.parametrize("exercise", ["squat", "sit-up"])
def test_people_on_their_heads_tell_that_the_camera_hangs_upside_down(exercise: str) -> None:
    upright = squat(0.0, 0)
    turned = replace(upright, xy=1000 - upright.xy)
    readiness = Readiness(find_exercise(exercise))
    assert stays(readiness, turned, HEADSTAND_S - 0.5).pose != (UPSIDE_DOWN,)
    assert stays(readiness, turned, 1.0, from_s=HEADSTAND_S).pose == (UPSIDE_DOWN,)
    assert stays(readiness, upright, 0.5, from_s=HEADSTAND_S + 2).pose != (UPSIDE_DOWN,)


def test_a_moment_out_of_the_pose_is_not_told_but_begins_the_waiting_anew() -> None:
    readiness = Readiness(find_exercise("sit-up"))
    stays(readiness, sit_up(0.0, 0), 1.0)
    assert readiness.ready
    lack = stays(readiness, sit_up(1.0, 0), FORGIVEN_S / 2, from_s=1.1)
    assert lack == Lack() and not readiness.ready and not readiness.complete


@pytest.mark.parametrize("path", sorted(TRACKS.glob("*.npz")), ids=lambda p: p.stem)
def test_people_are_in_the_pose_before_their_repetitions(path: Path) -> None:
    """Real clips: around the start of most repetitions nothing is missing."""
    with (TRACKS / "tracks.csv").open() as file:
        names = {row["track"]: row["exercise"] for row in csv.DictReader(file)}
    exercise = find_exercise(names[path.name].replace("_", " "))
    readiness, counter = Readiness(exercise), counter_for(exercise)
    complete, reps = [], []
    for pose in load_track(path):
        readiness.update(pose)
        reps += counter.update(pose)
        complete.append((pose.t_s, readiness.complete))
    reps += counter.finish()
    begun = [
        any(well for t_s, well in complete if -0.3 <= t_s - rep.start_s <= 0.15) for rep in reps
    ]
    if path.stem == "pushup__luizfcharry__2":
        # Seen from the front the arms look short.
        assert any(well for _, well in complete)
    else:
        assert sum(begun) >= 0.8 * len(begun) > 0
