"""A whole track under a protocol: the lane of a clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import find_exercise
from edge_app.session.lane import ClipLane, WatchLane
from edge_app.session.protocol import Ending, Protocol, free_practice
from edge_app.values import Pose
from tests.exercise.stick_figure import movement, push_up


def lane_of(protocol: Protocol) -> ClipLane:
    counter = RepCounter(find_exercise(protocol.exercise))
    return ClipLane(lambda frame: Pose.nobody(frame.t_s), counter, protocol)


def judged(protocol: Protocol, reps: int = 5) -> ClipLane:
    lane = lane_of(protocol)
    for t_s in np.arange(0, 2 + 2.5 * reps, 1 / 15):
        lane.update(push_up(movement(t_s, reps), float(t_s)))
    lane.finish()
    assert lane.counter.count == reps
    return lane


def test_free_practice_gives_the_counters_count() -> None:
    attempt = judged(free_practice("push-up")).attempt
    assert attempt is not None and attempt.score == 5


def test_the_timer_stops_counting_and_not_the_counter() -> None:
    attempt = judged(replace(free_practice("push-up"), ending=Ending(time_s=8.5))).attempt
    assert attempt is not None
    assert (attempt.score, attempt.ended) == (3, "time")


def test_a_repetition_that_only_the_clips_end_makes_final_is_judged() -> None:
    lane = lane_of(free_practice("push-up"))
    for number in range(45):  # one repetition, from 1 s to 3 s
        lane.update(push_up(movement(number / 15, 1), number / 15))
    assert lane.attempt is not None and lane.attempt.score == 0
    assert len(lane.finish()) == 1 and lane.attempt.score == 1


def test_an_empty_clip_has_no_attempt() -> None:
    lane = lane_of(free_practice("push-up"))
    assert lane.finish() == [] and lane.attempt is None


def test_who_only_watches_says_nothing() -> None:
    lane = WatchLane(lambda frame: Pose.nobody(frame.t_s))
    assert lane.update(Pose.nobody(0.0)) == lane.finish() == []
