"""A mat's lane: what a pose or a command does in each phase, told as lines of events."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable

import numpy as np
import pytest

from edge_app.exercise.definition import find_exercise
from edge_app.session.events import Beat, CountedDown, Event, Judged, Missing, PhaseChanged
from edge_app.session.mat_lane import MatLane
from edge_app.session.protocol import Ending, Protocol, free_practice
from edge_app.skeleton import INDEX
from edge_app.values import Frame, Pose
from tests.exercise.stick_figure import movement, push_up

FPS = 15.0


def nobody(frame: Frame) -> Pose:
    """Poses come from the tests."""
    return Pose.nobody(frame.t_s)


GO_S = 3.6  # half a second seen, three seconds counted down, and a frame


def without(pose: Pose, *joints: str) -> Pose:
    score = pose.score.copy()
    for joint in joints:
        for side in ("right", "left"):
            score[INDEX[f"{side}_{joint}"]] = 0
    return replace(pose, score=score)


class Gym:
    """Feeds a lane with a student who begins push-ups when told to."""

    def __init__(self, protocol: Protocol, reps: int = 5) -> None:
        self.lane = MatLane(nobody, find_exercise("push-up"), protocol)
        self.t_s, self.reps = 0.0, reps
        self.events: list[Event] = []
        self.change: Callable[[Pose], Pose] = lambda pose: pose

    def play(self, seconds: float) -> Gym:
        end_s = self.t_s + seconds
        while self.t_s < end_s:
            run = self.lane.run
            own_s = run.time_s(self.t_s) if run else -1.0
            pose = push_up(movement(max(own_s, 0.0), self.reps), self.t_s)
            self.events += self.lane.update(self.change(pose))
            self.t_s += 1 / FPS
        return self

    def do(self, events: list[Event]) -> Gym:
        self.events += events
        return self

    def lines(self, *kinds: type) -> list[str]:
        """The events of these kinds in short."""
        return [line(e) for e in self.events if isinstance(e, kinds)]


def line(event: Event) -> str:
    if isinstance(event, PhaseChanged):
        return f"{event.phase} {event.why}".strip()
    if isinstance(event, Missing):
        said = [reason.code for reason in event.lack.pose]
        return " ".join([*said, "show", *event.lack.joints])
    if isinstance(event, CountedDown):
        return str(event.left)
    if isinstance(event, Beat):
        return f"beat {event.number}"
    counted = "counts" if event.verdict.counted else "rejected"
    return f"{event.verdict.score} {counted}{' again' if event.again else ''}"


def started(protocol: Protocol | None = None, reps: int = 5) -> Gym:
    gym = Gym(protocol or free_practice("push-up"), reps)
    gym.play(0.2).do(gym.lane.start())
    return gym


def test_a_whole_attempt() -> None:
    gym = started().play(GO_S + 16)
    gym.do(gym.lane.stop())
    assert gym.lines(PhaseChanged, CountedDown) == [
        "waiting", "countdown", "3", "2", "1", "0", "running", "finished stopped",
    ]  # fmt: skip
    assert gym.lines(Judged) == [f"{n} counts" for n in range(1, 6)]
    assert [e.verdict.rep.number for e in gym.events if isinstance(e, Judged)] == [1, 2, 3, 4, 5]


def test_the_ready_gate_names_what_is_missing_and_waits_for_it() -> None:
    gym = started()
    gym.change = lambda pose: without(pose, "elbow")
    gym.play(2.0)
    assert gym.lines(Missing) == ["show elbow"]
    assert gym.lane.phase == "waiting"
    gym.change = lambda pose: pose
    gym.play(1.0)
    assert gym.lines(Missing)[-1] == "show"
    assert gym.lane.phase == "countdown"


def test_who_leaves_during_the_countdown_is_waited_for() -> None:
    gym = started().play(1.5)
    assert gym.lane.phase == "countdown"
    gym.change = lambda pose: Pose.nobody(pose.t_s)
    gym.play(1.5)
    assert gym.lane.phase == "waiting"
    gym.change = lambda pose: pose
    gym.play(GO_S)
    assert gym.lines(CountedDown)[-4:] == ["3", "2", "1", "0"]


def test_time_ends_it_and_the_repetition_under_way_is_still_judged() -> None:
    gym = started(replace(free_practice("push-up"), ending=Ending(time_s=7.0))).play(GO_S + 12)
    assert gym.lines(PhaseChanged)[-2:] == ["settling time", "finished time"]
    verdicts = gym.lane.run.attempt.verdicts if gym.lane.run else []
    assert all(v.counted == (v.rep.end_s <= 7.0) for v in verdicts) and len(verdicts) >= 2


@pytest.mark.parametrize(
    ("ending", "why", "score"),
    [(Ending(cap=3), "cap", 3), (Ending(gap_s=2.0), "gap", 5), (Ending(time_s=60), "stopped", 5)],
)
def test_the_protocol_ends_it(ending: Ending, why: str, score: int) -> None:
    gym = started(replace(free_practice("push-up"), ending=ending)).play(GO_S + 20)
    gym.do(gym.lane.stop())
    assert gym.lines(PhaseChanged)[-1] == f"finished {why}"
    assert gym.lane.run is not None and gym.lane.run.attempt.score == score


@pytest.mark.parametrize("why", ["teacher", "camera"])
def test_a_pause_costs_no_time_and_no_repetition(why: str) -> None:
    gym = started(replace(free_practice("push-up"), ending=Ending(time_s=20))).play(GO_S + 3)
    before_s = gym.lane.left_s()
    gym.do(gym.lane.pause(why))
    gym.t_s += 10  # no picture comes, or nobody looks
    assert gym.lane.left_s() == before_s
    gym.do(gym.lane.resume(gym.t_s)).play(0.5)
    assert gym.lane.left_s() == pytest.approx(before_s - 0.5, abs=0.1)
    gym.play(13).do(gym.lane.stop())
    assert f"paused {why}" in gym.lines(PhaseChanged)
    run = gym.lane.run
    assert run is not None and run.attempt.score >= 4  # the one that was cut may be lost
    ends = [v.rep.end_s for v in run.attempt.verdicts]
    assert max(b - a for a, b in zip(ends, ends[1:])) < 6  # nobody's time stood at ten seconds


@pytest.mark.parametrize("why", ["teacher", "camera"])
def test_a_pause_is_not_of_the_hold(why: str) -> None:
    gym = Gym(free_practice("plank"), reps=0)
    gym.lane = MatLane(nobody, find_exercise("plank"), free_practice("plank"))
    gym.play(0.2).do(gym.lane.start()).play(GO_S + 4)
    gym.do(gym.lane.pause(why))
    gym.t_s += 10
    gym.do(gym.lane.resume(gym.t_s)).play(3)
    gym.do(gym.lane.stop())
    assert gym.lane.run is not None
    (verdict,) = gym.lane.run.attempt.verdicts
    assert verdict.rep.value == pytest.approx(7, abs=1)
    assert verdict.rep.end_s - verdict.rep.start_s == pytest.approx(7, abs=0.6)


def test_the_clock_stays_where_the_attempt_ended() -> None:
    gym = started(replace(free_practice("push-up"), ending=Ending(time_s=20))).play(GO_S + 5)
    left_s = gym.lane.left_s()
    gym.do(gym.lane.stop()).play(4)
    assert 14 < gym.lane.left_s() == left_s < 16


def test_a_pause_in_the_countdown_begins_it_anew() -> None:
    gym = started().play(1.5)
    gym.do(gym.lane.pause())
    assert gym.lane.phase == "waiting"


def test_the_beat_is_the_protocols() -> None:
    protocol = replace(free_practice("push-up"), cadence_per_min=20.0)
    gym = started(protocol).play(GO_S + 7)
    assert gym.lines(Beat) == ["beat 1", "beat 2", "beat 3"]


def test_undo_reverses_the_last_verdict_and_undone_again_gives_it_back() -> None:
    gym = started().play(GO_S + 6)
    score = gym.lane.run.attempt.score if gym.lane.run else 0
    assert score >= 1
    gym.do(gym.lane.undo()).do(gym.lane.undo())
    assert gym.lines(Judged)[-2:] == [f"{score - 1} rejected again", f"{score} counts again"]


@pytest.mark.parametrize(
    ("phase", "commands"),
    [
        ("ready", ["stop", "pause", "undo"]),
        ("waiting", ["start", "ready", "undo", "pause"]),
        ("countdown", ["start", "ready", "undo"]),
        ("running", ["start", "ready"]),
        ("finished", ["stop", "pause"]),
    ],
)
def test_commands_that_make_no_sense_do_nothing(phase: str, commands: list[str]) -> None:
    gym = Gym(free_practice("push-up")).play(0.2)
    if phase != "ready":
        gym.do(gym.lane.start())
    gym.play({"countdown": 1.0, "running": GO_S + 1, "finished": GO_S + 1}.get(phase, 0.0))
    if phase == "finished":
        gym.do(gym.lane.stop())
    assert gym.lane.phase == phase
    for command in commands:
        assert getattr(gym.lane, command)() == []
    assert gym.lane.resume(gym.t_s) == [] and gym.lane.phase == phase


def test_the_next_student_starts_at_nothing() -> None:
    gym = started().play(GO_S + 6)
    gym.do(gym.lane.stop()).do(gym.lane.ready())
    assert (gym.lane.phase, gym.lane.run) == ("ready", None)
    gym.do(gym.lane.start()).play(GO_S + 1)
    assert gym.lane.run is not None and gym.lane.run.attempt.score == 0


def test_a_hold_is_counted_in_seconds_from_go_on() -> None:
    gym = Gym(free_practice("plank"), reps=0)
    gym.lane = MatLane(nobody, find_exercise("plank"), free_practice("plank"))
    gym.play(0.2).do(gym.lane.start()).play(GO_S + 6.5)
    assert gym.lane.held_s is not None and 5 <= gym.lane.held_s <= 6
    gym.do(gym.lane.stop())
    assert gym.lane.run is not None and 5 <= gym.lane.run.attempt.score <= 6
    score = gym.lane.run.attempt.score
    gym.do(gym.lane.undo())
    assert gym.lane.run.attempt.score == 0 and score > 0


def test_a_raised_arm_starts_and_stops() -> None:
    gym = Gym(free_practice("push-up"))
    gym.change = raised
    gym.play(2.3)
    assert gym.lines(PhaseChanged)[0] == "waiting"
    gym.change = lambda pose: pose
    gym.play(GO_S + 3)
    assert gym.lane.phase == "running"
    gym.change, gym.reps = raised, 0
    gym.play(2.3)
    assert gym.lines(PhaseChanged)[-1] == "finished stopped"


def raised(pose: Pose) -> Pose:
    xy = pose.xy.copy()
    xy[INDEX["right_wrist"]] = xy[INDEX["right_shoulder"]] + np.array([0, -110])
    return replace(pose, xy=xy)
