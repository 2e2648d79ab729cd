"""One mat of a kiosk: commands, a camera that comes and goes, and what is told of it."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Iterator

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.exercise.definition import find_exercise
from edge_app.kiosk.attempt_recorder import AttemptRecorder
from edge_app.kiosk.event_writer import EventWriter
from edge_app.kiosk.hub import Hub
from edge_app.kiosk.mat import Mat
from edge_app.kiosk.page_state import PageState
from edge_app.ledger.ledger import Ledger
from edge_app.pipeline.run import Stepper
from edge_app.pipeline.update import Update
from edge_app.session.mat_lane import MatLane
from edge_app.session.protocol import free_practice
from edge_app.values import Frame, Pose
from tests.exercise.stick_figure import movement, push_up

FPS = 15
PICTURE = np.zeros((720, 1280, 3), np.uint8)


class Film:
    """Stands for the maker of videos."""

    def __init__(self) -> None:
        self.times: dict[uuid.UUID, list[float]] = {}
        self.ended: list[uuid.UUID] = []

    def frame(self, attempt: uuid.UUID, image: np.ndarray, pose: Pose, t_s: float) -> None:
        self.times.setdefault(attempt, []).append(t_s)

    def end(self, attempt: uuid.UUID) -> None:
        self.ended.append(attempt)


class Gym:
    """A student who does push-ups without end in front of one mat."""

    def __init__(self, ledger: Ledger) -> None:
        self.frames, self.ledger, self.film = 0, ledger, Film()
        self.writer = EventWriter(PageState({"notes": []}), Hub(), ledger.retry)
        lane = MatLane(
            lambda frame: push_up(movement(frame.t_s + 2.5, 1000), frame.t_s),  # type: ignore[arg-type, return-value]
            find_exercise("push-up"), free_practice("push-up"), countdown_s=0.0, arm=False,
        )  # fmt: skip
        recorder = AttemptRecorder(ledger, self.writer, "none")
        self.mat = Mat(lane, recorder, self.film)  # type: ignore[arg-type]
        self.stepper = Stepper([lane], [self.mat])

    @property
    def t_s(self) -> float:
        return self.frames / FPS

    def play(self, seconds: float) -> Update:
        for _ in range(round(seconds * FPS)):
            (update,) = self.stepper.step(Frame(PICTURE, self.t_s, self.frames))
            self.frames += 1
        return update

    def do(self, name: str) -> bool:
        return self.mat.do(name, "Ms Li", self.t_s)


@pytest.fixture
def gym(tmp_path: Path) -> Iterator[Gym]:
    ledger = Ledger(str(tmp_path / "ledger.sqlite"))
    gym = Gym(ledger)
    yield gym
    gym.writer.close()
    ledger.close()


def test_an_attempt_is_counted_filmed_and_stored(gym: Gym) -> None:
    gym.play(0.2)
    assert gym.mat.idle and gym.do("start")
    gym.play(9.0)
    assert not gym.mat.idle and gym.do("stop") and gym.mat.idle
    assert gym.mat.frames == gym.frames and gym.mat.seconds > 0
    gym.writer.close()
    (record,) = gym.ledger.results.attempts()
    assert record.counted >= 2 and record.ended == "stopped"
    assert gym.film.ended == [record.id] == list(gym.film.times)
    times = gym.film.times[record.id]
    assert times == sorted(times) and 0 <= times[0] < 0.1, "the film begins with «go»"


@pytest.mark.parametrize("name", ["stop", "pause", "resume", "undo"])
def test_a_command_that_makes_no_sense_is_not_done(gym: Gym, name: str) -> None:
    gym.play(0.2)
    assert not gym.do(name)
    assert gym.mat.lane.phase == "ready"


def test_an_attempt_waits_for_the_camera_and_goes_on_with_it(gym: Gym) -> None:
    gym.do("start")
    gym.play(3.0)
    gym.mat.camera_lost()
    assert (gym.mat.lane.phase, gym.mat.recorder.paused_by) == ("paused", "camera")
    gym.mat.camera_good(gym.t_s)
    assert (gym.mat.lane.phase, gym.mat.recorder.paused_by) == ("running", "")


def test_what_the_teacher_paused_the_camera_does_not_start(gym: Gym) -> None:
    gym.do("start")
    gym.play(3.0)
    assert gym.do("pause")
    gym.mat.camera_good(gym.t_s)
    assert (gym.mat.lane.phase, gym.mat.recorder.paused_by) == ("paused", "teacher")
    assert gym.do("resume") and gym.mat.lane.phase == "running"


@pytest.mark.parametrize("paused", [False, True])
def test_a_clip_that_ends_ends_the_attempt(gym: Gym, paused: bool) -> None:
    gym.do("start")
    gym.play(3.0)
    assert not paused or gym.do("pause")
    gym.mat.camera_ended()
    assert gym.mat.lane.phase == "finished"


def test_a_camera_that_goes_between_attempts_disturbs_nobody(gym: Gym) -> None:
    gym.play(0.2)
    gym.mat.camera_lost()
    gym.mat.camera_ended()
    assert gym.mat.lane.phase == "ready"


def test_the_end_of_the_loop_ends_what_is_under_way(gym: Gym) -> None:
    gym.do("start")
    gym.play(3.0)
    gym.stepper.finish()
    gym.writer.close()
    assert gym.mat.idle and gym.ledger.results.attempts()[0].ended == "stopped"


def test_what_the_pages_draw_is_plain_json(gym: Gym) -> None:
    gym.do("start")
    update = gym.play(3.0)
    live = json.loads(json.dumps(gym.mat.live(update), allow_nan=False))
    assert 0 <= live["progress"] <= 1.2 and 0 < live["returned"] < live["reached"]
    assert live["left_s"] is None, "free practice has no end"
    assert live["held_s"] is None and len(live["pose"]) == 54
