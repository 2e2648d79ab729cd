"""The counting loop of a kiosk: camera → mats → event writer, in one thread that never blocks.

Pages and teachers reach it through `ask`: the loop itself runs their commands between two frames,
so that the mats need no locks.
"""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer  # the built-in one only from 3.11 on
from dataclasses import replace
from typing import Any, Callable, Iterator, TypeVar

from edge_app.camera.address import open_capture
from edge_app.camera.live import CameraHealth, LiveCamera
from edge_app.errors import InputError
from edge_app.exercise.definition import Exercise, find_exercise
from edge_app.kiosk.attempt_recorder import AttemptRecorder
from edge_app.kiosk.choices import Choices
from edge_app.kiosk.event_writer import EventWriter
from edge_app.kiosk.hub import Hub
from edge_app.kiosk.mat import Mat
from edge_app.kiosk.videos import VideoMaker
from edge_app.pipeline.run import run
from edge_app.pipeline.update import OfLane, Result, Update
from edge_app.pose.estimator import PoseEstimator
from edge_app.pose.tracker import Zone
from edge_app.session.mat_lane import MatLane
from edge_app.values import Frame, finite

T = TypeVar("T")
PATIENCE_S = 0.03  # longest wait for a picture before the loop looks at commands again
MOMENT_S = 0.01
ASK_S = 10.0  # longest wait for an answer of the loop
JUDGED_BY = ("exercise", "protocol", "countdown_s", "arm", "zones", "video")


# attributes: camera, mats, writer, hub and film meet here and nowhere else; the rest are figures
# that other threads read, and the loop's own place in time.
class CountingLoop:
    """Runs all mats of one camera.

    Attributes:
        mats: their state; for the loop's own thread only.
        frames: counted so far.
        busy_s: time spent on frames, without waiting for the camera.
        turns: of the loop so far; they continue without a camera.

    Args:
        choices: camera, exercise, protocol, zones and so on; `choose` changes them.
        estimator: makes a new pose estimator, which tracks who does an exercise in a zone.
        recorder: makes the recorder of a mat's attempts; mats are numbered from 1.
        writer: gets changes of the camera and the choices.
        hub: gets the live values of every frame.
        film: keeps videos, if the teacher wants them.
    """

    def __init__(
        self,
        choices: Choices,
        estimator: Callable[[Exercise, Zone], PoseEstimator],
        recorder: Callable[[int], AttemptRecorder],
        writer: EventWriter,
        hub: Hub,
        film: VideoMaker,
    ) -> None:
        self.choices = choices
        self._make_estimator, self._make_recorder = estimator, recorder
        self._writer, self._hub, self._film = writer, hub, film
        self.mats: tuple[Mat, ...] = ()
        self.mats = self._laid(choices)
        self._camera = _camera(choices)
        self._camera_said = ("", "")
        self._wishes: queue.Queue[tuple[Callable[[], Any], Future[Any]]] = queue.Queue()
        self._closed = threading.Event()
        self._index, self._t_s, self._shift_s = -1, 0.0, 0.0
        self.frames, self.busy_s, self.turns = 0, 0.0, 0
        self._live: list[dict[str, Any]] = []  # of the current frame, one per mat
        self._thread = threading.Thread(target=self._loop, name="counting", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Ends running attempts and closes the camera."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()
        self._camera.close()

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    @property
    def signs_of_life(self) -> int:
        """Changes while the loop is alive, even within a frame that needs several network runs."""
        return self.turns + sum(mat.lane.estimate.looks for mat in self.mats)

    def camera_health(self) -> CameraHealth:
        return self._camera.health()

    def look(self, last: Frame | None, timeout_s: float) -> Frame | None:
        """The camera's newest picture if it is not `last`; for display only."""
        return self._camera.look(last, timeout_s)

    def stages_ms(self) -> dict[str, float]:
        """Mean time of each stage of a frame so far, all mats together, in milliseconds."""
        stages = dict.fromkeys((*self.mats[0].lane.estimate.seconds, "counting"), 0.0)
        for mat in self.mats:
            estimator = mat.lane.estimate
            for name, seconds in estimator.seconds.items():
                stages[name] += 1000 * seconds / max(1, estimator.frames)
            stages["counting"] += 1000 * mat.seconds / max(1, mat.frames)
        return stages

    # For other threads

    def ask(self, wish: Callable[[], T]) -> T:
        """Runs something in the loop's thread and waits for it.

        Raises:
            InputError: the command raised it, or the loop does not answer.
        """
        answer: Future[T] = Future()
        self._wishes.put((wish, answer))
        try:
            return answer.result(timeout=ASK_S)
        except NoAnswer:
            answer.cancel()  # a refused command must not run later
            raise InputError("the counting loop does not answer") from None

    def command(self, name: str, who: str = "", mat: int | None = None) -> bool:
        """Runs a lane command on one mat or all; False if it does not apply now.

        Raises:
            InputError: there is no such mat.
        """
        return self.ask(lambda: self._do(name, who, mat))

    def choose(self, choices: Choices) -> None:
        """Applies new choices; the camera may change at any time, the attempt pauses meanwhile.

        Raises:
            InputError: an attempt is running, and the rules that judge it would change.
        """
        self.ask(lambda: self._choose(choices))

    def reopen(self) -> None:
        """Opens the camera again; a clip starts at its first picture."""
        self.ask(self._reopen)

    def student(self, student: dict[str, Any] | None, mat: int = 1) -> None:
        """Sets who is next: id, class_id and name, or None for somebody not on the roster.

        Raises:
            InputError: an attempt is running, there is no such mat, or the student is on another.
        """
        self.ask(lambda: self._student(student, mat))

    # The loop

    def _loop(self) -> None:
        while not self._closed.is_set():  # once for every set of mats
            mats = self.mats
            sinks = [OfLane(number, mat) for number, mat in enumerate(mats, 1)]
            run(self._frames(mats), [mat.lane for mat in mats], [*sinks, self])

    def _frames(self, mats: tuple[Mat, ...]) -> Iterator[Frame]:
        """The camera's frames while this set of mats lasts; runs commands between them."""
        while not self._closed.is_set():
            self.turns += 1
            self._grant()
            if self.mats is not mats:
                return
            frame = self._camera.newest(self._index, PATIENCE_S)
            self._look_after(self._camera.health(), frame)
            if frame is None:
                continue
            begun_s = time.perf_counter()
            self._index = frame.index
            # A clip counted at full speed is ahead of the clock: keep times increasing.
            behind_s = self._t_s + MOMENT_S - self._shift_s - frame.t_s
            self._shift_s += max(0.0, behind_s)
            self._t_s = frame.t_s + self._shift_s
            self._live = []
            yield replace(frame, t_s=self._t_s)
            self._hub.live({"i": frame.index, "mats": self._live})
            self.frames += 1
            self.busy_s += time.perf_counter() - begun_s

    def update(self, update: Update) -> None:
        """As a sink: publishes the live values of each mat."""
        self._live.append(self.mats[update.lane - 1].live(update))

    def finish(self, result: Result) -> None:
        """As a sink: the mats have ended their attempts."""

    def _grant(self) -> None:
        while not self._wishes.empty():
            wish, answer = self._wishes.get()
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                answer.set_result(wish())
            except InputError as exc:
                answer.set_exception(exc)

    def _look_after(self, health: CameraHealth, frame: Frame | None) -> None:
        """Publishes the camera's state; pauses when it fails and resumes when it is back."""
        said = (health.state, health.message)
        if said != self._camera_said:
            self._camera_said = said
            self._writer.tell("camera", {"state": health.state, "message": health.message})
        for mat in self.mats:
            if health.good:
                if frame is not None:
                    mat.camera_good(frame.t_s + self._shift_s)
            elif health.state == "ended":
                mat.camera_ended()
            else:
                mat.camera_lost()

    # Commands, run in the loop's thread

    def _mat(self, number: int) -> Mat:
        if not 1 <= number <= len(self.mats):
            raise InputError(f"no such mat: {number}")
        return self.mats[number - 1]

    def _do(self, name: str, who: str, number: int | None) -> bool:
        mats = self.mats if number is None else (self._mat(number),)
        if name == "resume" and not self._camera.health().good:
            return False
        done = [mat.do(name, who, self._t_s) for mat in mats]
        return any(done)

    def _idle(self) -> None:
        if not all(mat.idle for mat in self.mats):
            raise InputError("an attempt is under way: stop it first")

    def _choose(self, choices: Choices) -> None:
        before = self.choices
        changed = any(getattr(before, name) != getattr(choices, name) for name in JUDGED_BY)
        if changed:
            self._idle()
        self.choices = choices
        if before.address() != choices.address():
            self._reopen()
        self._writer.tell("settled", settled(choices))
        if changed:
            self.mats = self._laid(choices)
            for mat in self.mats:
                mat.recorder.tell("phase", {"phase": "ready", "why": ""})

    def _reopen(self) -> None:
        self._camera.close()
        self._camera, self._index = _camera(self.choices), -1
        for mat, zone in zip(self.mats, self.choices.zones):
            mat.lane.estimate = self._make_estimator(_exercise(self.choices), Zone(*zone))

    def _laid(self, choices: Choices) -> tuple[Mat, ...]:
        """New mats; students called to one stay there."""
        exercise, several = _exercise(choices), len(choices.zones) > 1
        self._film.masked = choices.video != "plain"
        mats = []
        for i, zone in enumerate(choices.zones):
            recorder = self.mats[i].recorder if i < len(self.mats) else self._make_recorder(i + 1)
            recorder.mat = str(i + 1) if several else ""
            estimator = self._make_estimator(exercise, Zone(*zone))
            lane = MatLane(estimator, exercise, choices.rules(), choices.countdown_s, choices.arm)
            mats.append(Mat(lane, recorder, self._film if choices.video else None))
        return tuple(mats)

    def _student(self, student: dict[str, Any] | None, number: int) -> None:
        mat = self._mat(number)
        if not mat.idle:
            raise InputError("an attempt is under way: stop it first")
        others = [m.recorder.student for m in self.mats if m is not mat]
        if student and any(other and other["id"] == student["id"] for other in others):
            raise InputError(f"{student['name']} is on another mat")
        mat.say(mat.lane.ready())
        mat.recorder.student = student
        mat.recorder.tell("student", {"student": student})


def _exercise(choices: Choices) -> Exercise:
    return find_exercise(choices.rules().exercise)


def _camera(choices: Choices) -> LiveCamera:
    address = choices.address()
    return LiveCamera(lambda: open_capture(address))


def settled(choices: Choices) -> dict[str, Any]:
    """The choices that every page may see: not the camera's address, which may hold a password."""
    rules = choices.rules()
    ending = rules.ending
    return {
        "exercise": choices.exercise,
        "protocol": choices.protocol,
        "language": choices.language,
        "sound": choices.sound,
        "arm": choices.arm,
        "zones": [list(zone) for zone in choices.zones],
        "video": choices.video,
        "time_s": finite(ending.time_s),
        "strikes_allowed": finite(ending.strikes),
        "cap": finite(ending.cap),
        "cadence_per_min": rules.cadence_per_min,
    }
