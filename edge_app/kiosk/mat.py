"""One mat of a kiosk: its lane, recorder and video."""

from __future__ import annotations

import time
from typing import Any, Sequence

from edge_app.kiosk.attempt_recorder import AttemptRecorder
from edge_app.kiosk.pictures import points
from edge_app.kiosk.videos import VideoMaker
from edge_app.pipeline.update import Result, Update
from edge_app.session.events import Event
from edge_app.session.mat_lane import MatLane
from edge_app.values import finite

BETWEEN = ("ready", "finished")  # phases between attempts
FILMED = ("running", "settling")


class Mat:
    """A lane of the loop that stores and publishes its events; for the counting loop only.

    Attributes:
        lane: the attempt's state.
        recorder: stores and publishes the lane's events.
        frames, seconds: frames counted so far, and the time for it without poses.

    Args:
        film: keeps the attempt's video; None if the teacher has not switched it on.
    """

    def __init__(
        self, lane: MatLane, recorder: AttemptRecorder, film: VideoMaker | None = None
    ) -> None:
        self.lane, self.recorder = lane, recorder
        self._film = film
        self.frames, self.seconds = 0, 0.0

    @property
    def idle(self) -> bool:
        return self.lane.phase in BETWEEN

    def update(self, update: Update) -> None:
        """Handles one frame of this mat."""
        begun_s = time.perf_counter()
        lane, pose = self.lane, update.pose
        self.say(update.events)
        self.recorder.pose(lane, pose)  # after "go", which makes the attempt
        if self._film and self.recorder.attempt and lane.run and lane.phase in FILMED:
            t_s = lane.run.time_s(pose.t_s)
            self._film.frame(self.recorder.attempt, update.frame.image, pose, t_s)
        self.frames += 1
        self.seconds += update.count_s + time.perf_counter() - begun_s

    def finish(self, result: Result) -> None:
        """Ends the attempt with the counting loop."""
        self.say(result.last)

    def live(self, update: Update) -> dict[str, Any]:
        """Live values of this frame, for the pages."""
        return {**self._values(), "pose": points(update.pose, update.frame.image.shape[:2])}

    def say(self, events: Sequence[Event], who: str = "") -> None:
        """Stores and publishes events of the lane; `who` gave the command, if there was one."""
        for event in events:
            self.recorder.happened(self.lane, event, who)
            if self._film and self.recorder.attempt and self.lane.phase == "finished":
                self._film.end(self.recorder.attempt)

    def do(self, name: str, who: str, t_s: float) -> bool:
        """Runs a lane command; False if it does not apply now."""
        lane = self.lane
        if name == "resume":
            events = lane.resume(t_s)
        else:
            commands = {
                "start": lane.start, "stop": lane.stop, "pause": lane.pause,
                "ready": lane.ready, "undo": lane.undo,
            }  # fmt: skip
            events = commands[name]()
        self.say(events, who)
        return bool(events)

    def camera_good(self, t_s: float) -> None:
        """The camera delivers again: resumes an attempt that was paused for it."""
        if self.recorder.paused_by == "camera":
            self.say(self.lane.resume(t_s))

    def camera_ended(self) -> None:
        """The camera has ended for good: stops the attempt."""
        if self.lane.phase in ("running", "paused"):
            self.say(self.lane.stop())
        else:
            self.camera_lost()

    def camera_lost(self) -> None:
        """The camera is lost: pauses the attempt."""
        if self.lane.phase in ("countdown", "running", "settling"):
            self.say(self.lane.pause("camera"))

    def _values(self) -> dict[str, Any]:
        lane = self.lane
        signal = lane.counter.signal
        levels = (signal.progress, signal.thresholds.returned, signal.thresholds.reached)
        progress, returned, reached = (finite(v) for v in levels)
        return {
            "left_s": finite(lane.left_s()), "progress": progress, "returned": returned,
            "reached": reached, "held_s": lane.held_s,
        }  # fmt: skip
