"""Whole tracks of stick figures through the counter."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import find_exercise
from edge_app.session.protocol import find_protocol
from edge_app.values import Pose
from tests.exercise.stick_figure import disturb, movement, pull_up, push_up, sit_up, squat, walk

FIGURES = {"sit-up": sit_up, "push-up": push_up, "squat": squat}


def count(name: str, poses: list[Pose]):
    counter = RepCounter(find_exercise(name))
    reps = [rep for pose in poses for rep in counter.update(pose)]
    reps += counter.finish()
    assert counter.count == sum(rep.counted for rep in reps)
    return reps


def track(name: str, n: int = 5, fps: float = 15.0, depth: float = 1.0, **figure) -> list[Pose]:
    times = np.arange(0, 2 + 2.5 * n, 1 / fps)
    return [FIGURES[name](depth * movement(t, n), float(t), **figure) for t in times]


@pytest.mark.parametrize("fps", [9, 15, 30, 60])
@pytest.mark.parametrize("name", FIGURES)
def test_counts_and_times_do_not_depend_on_the_frame_rate(name, fps):
    reps = count(name, track(name, fps=fps))
    assert [rep.counted for rep in reps] == [True] * 5
    for i, rep in enumerate(reps):
        assert rep.number == i + 1
        assert rep.start_s == pytest.approx(1.0 + 2.5 * i, abs=0.35)
        assert rep.extreme_s == pytest.approx(2.0 + 2.5 * i, abs=0.2)
        assert rep.end_s == pytest.approx(3.0 + 2.5 * i, abs=0.35)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", FIGURES)
def test_our_networks_noise_does_not_change_the_count(name, seed):
    reps = count(name, disturb(track(name), seed))
    assert sum(rep.counted for rep in reps) == 5


@pytest.mark.parametrize("name", FIGURES)
def test_dropped_frames(name):
    keep = np.random.default_rng(2).random(10_000) < 0.5
    poses = [pose for pose, kept in zip(track(name, fps=30), keep) if kept]
    assert sum(rep.counted for rep in count(name, poses)) == 5


@pytest.mark.parametrize("name", FIGURES)
def test_a_hidden_side_changes_nothing(name):
    poses = []
    for pose in track(name):
        xy, score = pose.xy.copy(), pose.score.copy()
        left = [5, 6, 7, 11, 12, 13, 15, 17]
        xy[left] = 0
        score[left] = 0
        poses.append(Pose(xy, score, pose.t_s))
    assert sum(rep.counted for rep in count(name, poses)) == 5


@pytest.mark.parametrize("name", FIGURES)
def test_a_small_movement_is_rejected_with_a_reason_after_whole_ones(name):
    later = [FIGURES[name](0.4 * movement(t, 1), 15.0 + t) for t in np.arange(0, 5, 1 / 15)]
    reps = count(name, track(name) + later)
    assert [rep.counted for rep in reps] == [True] * 5 + [False]
    assert reps[-1].reasons[0].code == "incomplete"
    assert reps[-1].score == 0.0


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("seed", range(3))
def test_a_person_who_keeps_still_is_not_counted(name, seed):
    still = [FIGURES[name](0.0, t) for t in np.arange(0, 30, 1 / 15)]
    assert not any(rep.counted for rep in count(name, disturb(still, seed)))


@pytest.mark.parametrize("name", FIGURES)
def test_a_person_who_walks_through_is_not_counted(name):
    assert not any(rep.counted for rep in count(name, [walk(t) for t in np.arange(0, 8, 1 / 15)]))


@pytest.mark.parametrize("highest", [-0.1, 0.1, 0.25])
def test_a_pull_up_may_stay_with_the_chest_at_the_bar(highest):
    times = [i / 15 for i in range(15 * 22)]
    ups = [min(1.0, 2 * movement(t, 5, period_s=4.0)) for t in times]
    poses = [pull_up(up, t, highest) for up, t in zip(ups, times)]
    assert [rep.counted for rep in count("pull-up", poses)] == [True] * 5


@pytest.mark.parametrize("wrong", ["sit-up", "push-up"])
def test_squats_are_neither_sit_ups_nor_push_ups(wrong):
    assert not any(rep.counted for rep in count(wrong, track("squat")))


@pytest.mark.parametrize("name", FIGURES)
def test_an_empty_picture_and_an_unfinished_repetition(name):
    counter = RepCounter(find_exercise(name))
    assert counter.update(Pose.nobody(0.0)) == []
    assert counter.phase == "unknown"
    assert np.isnan(counter.signal.progress)
    for pose in [p for p in track(name, n=2) if p.t_s < 4.6]:  # the second is at its extreme
        counter.update(Pose(pose.xy, pose.score, pose.t_s + 0.1))
    counter.finish()
    assert counter.count == 1
    assert counter.phase == "extreme"
    shown = counter.signal
    assert shown.progress > shown.thresholds.reached > shown.thresholds.returned


def test_hands_off_the_head_cost_points_and_are_told_but_count_in_free_practice():
    good = count("sit-up", track("sit-up"))[0]
    poor = count("sit-up", track("sit-up", hands_at_head=False))[0]
    assert good.score > 0.95 and good.reasons == ()
    assert poor.counted and poor.score < good.score
    assert [reason.code for reason in poor.reasons] == ["hands"]
    assert poor.penalty.parts["hands"] > 0.9 * poor.penalty.total


def test_depth_is_kept_as_the_extreme_value():
    deep, shallow = (count("squat", track("squat", depth=d))[0] for d in (1.0, 0.7))
    assert deep.extremes["thigh_rise"] < shallow.extremes["thigh_rise"] - 0.15


def test_without_optimisation_the_interval_ends_early():
    raw = RepCounter(find_exercise("squat"), optimise=False)
    reps = [rep for pose in track("squat") for rep in raw.update(pose)]
    assert len(reps) == 5
    assert all(a.end_s < b.end_s - 0.1 for a, b in zip(reps, count("squat", track("squat"))))


def with_fault(code: str, pose: Pose, progress: float) -> Pose:
    """A sit-up with one of the paper's violations while the shoulders are up."""
    xy = pose.xy.copy()
    if progress > 0.3:
        if code == "support":
            xy[[4, 7]] = xy[[8, 11]] + (-20, 0)  # the wrists beside the hips
        if code == "feet_off":
            xy[[10, 13]] -= (0, 45)
        if code == "unilateral":
            along = (xy[5] - xy[11]) / np.hypot(*(xy[5] - xy[11]))
            xy[2] += 45 * np.array([-along[1], along[0]])
    return Pose(xy, pose.score, pose.t_s)


@pytest.mark.parametrize("code", ["support", "feet_off", "unilateral"])
def test_the_papers_violations_are_named_and_fail_a_strict_test(code):
    limit = find_protocol("china-sit-up").penalty_limit
    poses = track("sit-up", n=3)
    assert all(rep.penalty.total < limit for rep in count("sit-up", poses))
    reps = count("sit-up", [with_fault(code, p, movement(p.t_s, 3)) for p in poses])
    assert [rep.penalty.total > limit for rep in reps] == [True] * 3
    assert all(code in [reason.code for reason in rep.reasons] for rep in reps)


def test_a_return_that_stops_halfway_is_named_and_the_next_one_is_not():
    """Down to 0.4 of the way between the first and the second; the second goes all the way."""
    t_s = np.arange(0, 7, 1 / 15)
    progress = np.interp(t_s, [1, 2, 3, 3.2, 4.2, 5.2], [0, 1, 0.4, 0.4, 1, 0])
    first, second = count("sit-up", [sit_up(p, float(t)) for p, t in zip(progress, t_s)])
    assert [reason.code for reason in first.reasons] == ["return"]
    assert second.reasons == ()


def test_a_wobble_on_the_way_back_keeps_the_extreme_of_the_whole():
    """The end is taken back and comes again: the values at the top are still those of the top."""
    t_s = np.arange(0, 6, 1 / 30)
    shaky = np.interp(t_s, [1, 2, 2.66, 2.73, 2.8, 3.4], [0, 1, 0.35, 0.5, 0.35, 0])
    (rep,) = count("sit-up", [sit_up(p, float(t)) for p, t in zip(shaky, t_s)])
    assert rep.extremes["trunk_rise"] > 0.9
