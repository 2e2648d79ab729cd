"""Planks, burpees and hand-release push-ups of stick figures."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import EXERCISES_DIR, find_exercise, load_exercise
from edge_app.exercise.hold import HoldCounter
from edge_app.exercise.rep import Rep
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.exercise.stick_figure import disturb, movement, push_up, squat

FPS = 20.0


def between(a: Pose, b: Pose, share: float, t_s: float) -> Pose:
    return Pose((1 - share) * a.xy + share * b.xy, a.score, t_s)


def hips(pose: Pose, up_px: float) -> Pose:
    xy = pose.xy.copy()
    for joint in ("right_hip", "left_hip"):
        xy[INDEX[joint], 1] -= up_px
    return Pose(xy, pose.score, pose.t_s)


def planks(*parts: tuple[str, float]) -> list[Pose]:
    """Poses of parts one after the other: what is done, and for how many seconds."""
    poses, t_s = [], 0.0
    for what, seconds in parts:
        for _ in range(int(seconds * FPS)):
            plank = push_up(0.0, t_s)
            poses.append(
                {
                    "stand": lambda t=t_s: squat(0.0, t),
                    "plank": lambda p=plank: p,
                    "pike": lambda p=plank: hips(p, 70.0),
                    "sag": lambda p=plank: hips(p, -20.0),
                    "gone": lambda t=t_s: Pose.nobody(t),
                }[what]()
            )
            t_s += 1 / FPS
    return poses


def hold(poses: list[Pose]) -> tuple[HoldCounter, list[Rep]]:
    counter = HoldCounter(find_exercise("plank"))
    reps = [rep for pose in poses for rep in counter.update(pose)]
    return counter, reps + counter.finish()


@pytest.mark.parametrize(
    ("parts", "seconds"),
    [
        ([("stand", 2), ("plank", 20), ("stand", 3)], [20]),
        ([("plank", 10), ("pike", 5), ("plank", 8), ("stand", 2)], [10, 8]),  # two holds
        ([("plank", 10), ("pike", 0.8), ("plank", 8)], [18]),  # a moment is forgiven
        ([("plank", 10), ("gone", 4), ("plank", 5)], [10, 5]),  # not seen: not counted
        ([("stand", 20)], []),
        ([("stand", 3), ("plank", 1), ("stand", 3)], []),  # too short for an attempt
    ],
)
def test_seconds_of_a_plank(parts: list[tuple[str, float]], seconds: list[int]) -> None:
    counter, reps = hold(planks(*parts))
    assert [rep.value for rep in reps] == pytest.approx(seconds, abs=1)
    assert counter.count == sum(rep.value for rep in reps)


def test_noise_does_not_end_a_plank() -> None:
    _, reps = hold(disturb(planks(("plank", 30)), seed=4))
    assert [rep.value for rep in reps] == pytest.approx([29], abs=1)


def test_the_seconds_run_while_it_is_held() -> None:
    counter = HoldCounter(find_exercise("plank"))
    counts = []
    for pose in planks(("stand", 2), ("plank", 10)):
        counter.update(pose)
        counts.append(counter.count)
    assert counts == sorted(counts)
    assert counts[-1] in (9, 10)
    assert counter.phase == "extreme"


def test_sagging_hips_are_told() -> None:
    _, reps = hold(planks(("sag", 10)))
    assert [reason.code for rep in reps for reason in rep.reasons] == ["hips"]


@pytest.mark.parametrize(("reps", "fps"), [(4, 30.0), (7, 12.0)])
def test_burpees(reps: int, fps: float) -> None:
    counter, found = RepCounter(find_exercise("burpee")), []
    for t_s in np.arange(0, 3 + 2.5 * reps, 1 / fps).tolist():
        down = movement(t_s, reps)
        pose = between(squat(0.0, t_s), push_up(0.0, t_s), down, t_s)
        found += counter.update(pose)
    found += counter.finish()
    assert sum(rep.counted for rep in found) == reps


def test_squats_are_no_burpees() -> None:
    counter, found = RepCounter(find_exercise("burpee")), []
    for t_s in np.arange(0, 15, 1 / FPS).tolist():
        found += counter.update(squat(movement(t_s, 5), t_s))
    assert not any(rep.counted for rep in found + counter.finish())


@pytest.mark.parametrize(("lifted", "counted"), [(True, 5), (False, 0)])
def test_hands_must_leave_the_floor(lifted: bool, counted: int) -> None:
    counter, found = RepCounter(find_exercise("hrpu")), []
    for t_s in np.arange(0, 16, 1 / FPS).tolist():
        down = movement(t_s, 5)
        pose = push_up(1.3 * down, t_s)
        if lifted and down > 0.8:
            xy = pose.xy.copy()
            for side in ("right", "left"):
                xy[INDEX[f"{side}_wrist"]] = xy[INDEX[f"{side}_shoulder"]] + [25.0, 0.0]
            pose = Pose(xy, pose.score, t_s)
        found += counter.update(pose)
    found += counter.finish()
    assert sum(rep.counted for rep in found) == counted
    if not lifted:
        assert {"release", "incomplete"} & {r.code for rep in found for r in rep.reasons}


@pytest.mark.parametrize(
    "extra", ["", '[[signal]]\nparameter = "elbow_deg"\nrest = 1\nextreme = 2']
)
def test_a_hold_has_a_posture_and_no_signal(extra: str, tmp_path) -> None:
    text = (EXERCISES_DIR / "plank.toml").read_text(encoding="utf-8")
    if extra:
        text += extra
    else:
        text = text[: text.index("[[posture]]")]
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="'hold'"):
        load_exercise(path)
