"""The one loop."""

from __future__ import annotations

from typing import Iterator

import numpy as np

from edge_app.pipeline.build import StoredTrack, rules_of
from edge_app.pipeline.run import run, track
from edge_app.pipeline.update import EachUpdate, OfLane, Result, Update
from edge_app.session.lane import WatchLane
from edge_app.values import Frame, Pose
from tests.exercise.stick_figure import movement, push_up, squat

FRAMES = [Frame(np.zeros((4, 4, 3), np.uint8), i / 10, i) for i in range(5)]


class Heard:
    """A sink that notes what it is told."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.results: list[Result] = []

    def update(self, update: Update) -> None:
        self.updates.append(update)

    def finish(self, result: Result) -> None:
        self.results.append(result)


def test_sinks_hear_of_every_frame_of_every_lane_in_order() -> None:
    heard = Heard()
    lanes = [rules_of("squat").lane(lambda f: Pose.nobody(f.t_s)) for _ in range(2)]
    results = run(FRAMES, lanes, [heard])
    assert [(u.frame.index, u.lane) for u in heard.updates] == [
        (index, lane) for index in range(5) for lane in (1, 2)
    ]
    assert heard.results == results
    assert [(r.lane, r.frames, r.seen, r.score) for r in results] == [(1, 5, 0, 0), (2, 5, 0, 0)]


def test_a_sink_of_a_lane_hears_of_that_lane() -> None:
    heard = Heard()
    lanes = [WatchLane(lambda f: Pose.nobody(f.t_s)) for _ in range(2)]
    run(FRAMES, lanes, [OfLane(2, heard)])
    assert {u.lane for u in heard.updates} == {r.lane for r in heard.results} == {2}


def test_two_lanes_of_one_run_count_what_each_counts_alone() -> None:
    times = np.arange(0, 15, 1 / 15)
    people = [StoredTrack([figure(movement(t, 5), float(t)) for t in times])
              for figure in (push_up, squat)]  # fmt: skip
    lanes = [
        rules_of(name).lane(person.estimate)
        for name, person in zip(("push-up", "squat"), people, strict=True)
    ]
    together = run(people[0], lanes)
    assert [r.score for r in together] == [5, 5]
    assert all(r.seen == r.frames == len(times) for r in together)


def test_verdicts_come_once_with_the_score_so_far() -> None:
    times = np.arange(0, 15, 1 / 15)
    stored = StoredTrack([push_up(movement(t, 5), float(t)) for t in times])
    told: list[tuple[int, int]] = []

    def note(update: Update) -> None:
        told.extend((judged.verdict.rep.number, update.score) for judged in update.judged)

    (result,) = run(stored, [rules_of("push-up").lane(stored.estimate)], [EachUpdate(note)])
    assert told == [(n, n) for n in range(1, 6)] and not result.last


def test_an_empty_stream_has_no_attempt() -> None:
    (result,) = run([], [rules_of("squat").lane(lambda f: Pose.nobody(f.t_s))])
    assert result.attempt is None and (result.frames, result.score) == (0, 0)


def test_lanes_are_asked_for_anew_with_every_frame() -> None:
    lanes = [WatchLane(lambda f: Pose.nobody(f.t_s))]
    heard = Heard()

    def frames() -> Iterator[Frame]:
        yield FRAMES[0]
        lanes.append(WatchLane(lambda f: Pose.nobody(f.t_s)))
        yield FRAMES[1]

    run(frames(), lanes, [heard])
    assert [u.lane for u in heard.updates] == [1, 1, 2]


def test_a_track_is_the_poses_and_nothing_is_counted() -> None:
    heard = Heard()
    poses = track(FRAMES, lambda f: Pose.nobody(f.t_s), [heard])
    assert [p.t_s for p in poses] == [f.t_s for f in FRAMES]
    assert all(u.signal is None and u.score == 0 for u in heard.updates)
