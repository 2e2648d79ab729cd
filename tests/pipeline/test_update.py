"""What the loop says, and who listens."""

from __future__ import annotations

from dataclasses import replace

from edge_app.pipeline.update import EachUpdate, OfLane, Result, Update
from edge_app.session.attempt import Attempt
from edge_app.session.events import Beat, CountedDown, Event, Judged
from edge_app.session.protocol import free_practice
from edge_app.values import Pose
from tests.sinks.made import BAD, GOOD, attempt, result, update


def judged() -> list[Judged]:
    both = Attempt(free_practice("sit-up"), 0.0)
    return [Judged(both.add(rep), 0) for rep in (GOOD, BAD)]


def test_verdicts_are_told_from_other_events_in_their_order() -> None:
    good, bad = judged()
    events: tuple[Event, ...] = (CountedDown(1), good, Beat(1), bad)
    assert replace(update(Pose.nobody(0.0)), events=events).judged == (good, bad)
    assert update(Pose.nobody(0.0)).judged == ()


def test_a_lane_without_an_attempt_has_counted_nothing() -> None:
    assert result(attempt()).score == 1
    assert result(None).score == 0


def test_a_function_hears_of_frames_and_not_of_the_end() -> None:
    heard: list[Update] = []
    sink = EachUpdate(heard.append)
    one = update(Pose.nobody(0.0))
    sink.update(one)
    sink.finish(result(None))
    assert heard == [one]


def test_only_what_is_said_of_the_lane_is_handed_on() -> None:
    heard: list[int] = []

    class Sink:
        def update(self, update: Update) -> None:
            heard.append(update.lane)

        def finish(self, result: Result) -> None:
            heard.append(10 * result.lane)

    second = OfLane(2, Sink())
    for lane in (1, 2, 3):
        second.update(replace(update(Pose.nobody(0.0)), lane=lane))
        second.finish(replace(result(None), lane=lane))
    assert heard == [2, 20]
