"""The counting loop of a kiosk: camera → pose → station → notary, one thread, nobody waits for it.

Pages and teachers talk to it by `ask`: what they want is done between two frames, by the loop
itself, so that the station needs no locks.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Callable, TypeVar

from edge_app.camera.capture import open_capture, parse_address
from edge_app.camera.live import CameraHealth, LiveCamera
from edge_app.errors import InputError
from edge_app.exercise.definition import Exercise, find_exercise
from edge_app.kiosk.choices import WHOLE_PICTURE, Choices
from edge_app.kiosk.hub import Hub
from edge_app.kiosk.pictures import PictureMaker
from edge_app.kiosk.scribe import Scribe
from edge_app.pose.estimator import PoseEstimator
from edge_app.session.station import Event, Station
from edge_app.values import Frame, Pose

LOG = logging.getLogger(__name__)
T = TypeVar("T")
PATIENCE_S = 0.03  # how long the loop waits for a picture before it looks at commands again
MOMENT_S = 0.01
ASK_S = 10.0  # an answer that takes longer is none


class Machine:
    """Runs one mat.

    Attributes:
        station: the mat's state; only the loop's own thread may touch it.
        frames: counted so far.
        busy_s: time spent on them, waiting for the camera left out.

    Args:
        choices: camera, exercise, protocol and so on; `choose` changes them.
        estimator: makes a fresh pose estimator, which takes the next who suits an exercise.
        scribe: stores and tells what happens.
        hub: is told how things are with every frame.
        pictures: gets every frame.
    """

    def __init__(
        self,
        choices: Choices,
        estimator: Callable[[Exercise], PoseEstimator],
        scribe: Scribe,
        hub: Hub,
        pictures: PictureMaker,
    ) -> None:
        self.choices = choices
        self._make_estimator, self._estimator = estimator, estimator(_exercise(choices))
        self._scribe, self._hub, self._pictures = scribe, hub, pictures
        self.station = _station(choices)
        self._camera = _camera(choices)
        self._camera_said = ("", "")
        self._wishes: queue.Queue[tuple[Callable[[], Any], Future]] = queue.Queue()
        self._closed = threading.Event()
        self._index, self._t_s, self._shift_s = -1, 0.0, 0.0
        self.frames, self.busy_s, self.station_s = 0, 0.0, 0.0
        self._thread = threading.Thread(target=self._loop, name="counting", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Ends the loop; an attempt that is under way ends with it."""
        self._closed.set()
        self._thread.join()
        self._camera.close()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def camera_health(self) -> CameraHealth:
        return self._camera.health()

    def stages_ms(self) -> dict[str, float]:
        """Mean time of each stage of a frame so far, in milliseconds."""
        estimator, frames = self._estimator, max(1, self._estimator.frames)
        stages = {name: 1000 * s / frames for name, s in estimator.seconds.items()}
        stages["counting"] = 1000 * self.station_s / max(1, self.frames)
        stages["picture"] = 1000 * self._pictures.seconds / max(1, self._pictures.made)
        return stages

    # For other threads

    def ask(self, wish: Callable[[], T]) -> T:
        """Has the loop do something and waits for it.

        Raises:
            InputError: what the wish raised, or the loop does not answer.
        """
        answer: Future = Future()
        self._wishes.put((wish, answer))
        try:
            return answer.result(timeout=ASK_S)
        except TimeoutError:
            raise InputError("the counting loop does not answer") from None

    def command(self, name: str, who: str = "") -> bool:
        """One of the station's commands; False if it makes no sense now."""
        return self.ask(lambda: self._do(name, who))

    def choose(self, choices: Choices) -> None:
        """New choices; another camera may be chosen at any time, the attempt pauses meanwhile.

        Raises:
            InputError: an attempt is under way, and what it is judged by would change.
        """
        self.ask(lambda: self._choose(choices))

    def reopen(self) -> None:
        """Opens the camera anew; a clip begins at its first picture."""
        self.ask(self._reopen)

    def student(self, student: dict[str, Any] | None) -> None:
        """Who is next: id, class_id and name, or None for somebody who is not on the roster.

        Raises:
            InputError: an attempt is under way.
        """
        self.ask(lambda: self._student(student))

    # The loop

    def _loop(self) -> None:
        while not self._closed.is_set():
            self._grant()
            frame = self._camera.newest(self._index, PATIENCE_S)
            self._look_after(self._camera.health(), frame)
            if frame is not None:
                begun_s = time.perf_counter()
                self._index = frame.index
                # A clip counted as fast as it goes is ahead of the clock: times rise all the same.
                behind_s = self._t_s + MOMENT_S - self._shift_s - frame.t_s
                self._shift_s += max(0.0, behind_s)
                self._t_s = frame.t_s + self._shift_s
                self._frame(replace(frame, t_s=self._t_s))
                self.frames += 1
                self.busy_s += time.perf_counter() - begun_s
        if self.station.phase not in ("ready", "finished"):
            self._say(self.station.stop())

    def _grant(self) -> None:
        while not self._wishes.empty():
            wish, answer = self._wishes.get()
            try:
                answer.set_result(wish())
            except InputError as exc:
                answer.set_exception(exc)

    def _look_after(self, health: CameraHealth, frame: Frame | None) -> None:
        """Tells how the camera is; pauses when it fails and goes on when it is back."""
        said = (health.state, health.message)
        if said != self._camera_said:
            self._camera_said = said
            self._scribe.tell("camera", {"state": health.state, "message": health.message})
        if health.good:
            if frame is not None and self._scribe.paused_by == "camera":
                self._say(self.station.resume(frame.t_s + self._shift_s))
        elif health.state == "ended":
            if self.station.phase in ("running", "paused"):
                self._say(self.station.stop())
        elif self.station.phase in ("countdown", "running", "settling"):
            self._say(self.station.pause("camera"))

    def _frame(self, frame: Frame) -> None:
        pose = self._estimate(frame)
        begun_s = time.perf_counter()
        events = self.station.see(pose)
        self._scribe.pose(self.station, pose)
        self._say(events)
        self.station_s += time.perf_counter() - begun_s
        self._hub.live(self._live(pose))
        self._pictures.offer(frame, pose)

    def _estimate(self, frame: Frame) -> Pose:
        """The pose of the person inside the zone."""
        if self.choices.zone == WHOLE_PICTURE:
            return self._estimator(frame)
        height, width = frame.image.shape[:2]
        left, top, right, bottom = self.choices.zone
        x0, y0 = round(left * width), round(top * height)
        inside = frame.image[y0 : round(bottom * height), x0 : round(right * width)]
        pose = self._estimator(replace(frame, image=inside))
        return replace(pose, xy=pose.xy + (pose.score > 0)[:, None] * [x0, y0]).rounded()

    def _live(self, pose: Pose) -> dict[str, Any]:
        station = self.station
        signal = station.counter.signal
        levels = (signal.progress, signal.thresholds.returned, signal.thresholds.reached)
        progress, returned, reached = (_number(v) for v in levels)
        return {
            "phase": station.phase,
            "left_s": _number(station.left_s()),
            "progress": progress,
            "returned": returned,
            "reached": reached,
            "seen": bool(pose.score.any()),
            "held_s": station.held_s,
        }

    # What commands do, in the loop's thread

    def _do(self, name: str, who: str) -> bool:
        station = self.station
        if name == "resume":
            health = self._camera.health()
            events = station.resume(self._t_s) if health.good else []
        else:
            commands = {
                "start": station.start, "stop": station.stop, "pause": station.pause,
                "ready": station.ready, "undo": station.undo,
            }  # fmt: skip
            events = commands[name]()
        self._say(events, who)
        return bool(events)

    def _say(self, events: list[Event], who: str = "") -> None:
        for event in events:
            self._scribe.happened(self.station, event, who)

    def _idle(self) -> None:
        if self.station.phase not in ("ready", "finished"):
            raise InputError("an attempt is under way: stop it first")

    def _choose(self, choices: Choices) -> None:
        before, counted = self.choices, ("exercise", "protocol", "countdown_s", "arm", "zone")
        changed = any(getattr(before, name) != getattr(choices, name) for name in counted)
        if changed:
            self._idle()
        self.choices = choices
        if before.camera != choices.camera:
            self._reopen()
        if changed:
            self.station = _station(choices)
            self._estimator = self._make_estimator(_exercise(self.choices))
            self._scribe.tell("phase", {"phase": "ready", "why": ""})
        self._scribe.tell("settled", settled(choices))

    def _reopen(self) -> None:
        self._camera.close()
        self._camera, self._index = _camera(self.choices), -1
        self._estimator = self._make_estimator(_exercise(self.choices))

    def _student(self, student: dict[str, Any] | None) -> None:
        self._idle()
        self._say(self.station.ready())
        self._scribe.student = student
        self._scribe.tell("student", {"student": student})


def _station(choices: Choices) -> Station:
    protocol = choices.rules()
    return Station(_exercise(choices), protocol, choices.countdown_s, choices.arm)


def _exercise(choices: Choices) -> Exercise:
    return find_exercise(choices.rules().exercise)


def _camera(choices: Choices) -> LiveCamera:
    address = parse_address(choices.camera)
    return LiveCamera(lambda: open_capture(address))


def settled(choices: Choices) -> dict[str, Any]:
    """What every page may know of the choices: the camera's address may hold a password."""
    rules = choices.rules()
    ending = rules.ending
    return {
        "exercise": choices.exercise,
        "protocol": choices.protocol,
        "language": choices.language,
        "sound": choices.sound,
        "zone": list(choices.zone),
        "time_s": _number(ending.time_s),
        "strikes_allowed": _number(ending.strikes),
        "cap": _number(ending.cap),
        "cadence_per_min": rules.cadence_per_min,
    }


def _number(value: float) -> float | None:
    """JSON has neither NaN nor infinity."""
    return round(value, 3) if math.isfinite(value) else None
