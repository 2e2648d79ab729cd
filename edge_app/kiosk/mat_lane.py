"""One mat of a kiosk: who is in its zone, what they do, and what is told of it."""

from __future__ import annotations

import math
import time
from typing import Any, Sequence

from edge_app.kiosk.attempt_recorder import AttemptRecorder
from edge_app.kiosk.pictures import points
from edge_app.kiosk.videos import VideoMaker
from edge_app.pose.estimator import PoseEstimator
from edge_app.session.mat import Event, Station
from edge_app.values import Frame

BETWEEN = ("ready", "finished")  # phases between attempts
FILMED = ("running", "settling")


class Mat:
    """Touched by the counting loop only.

    Attributes:
        estimator: follows whoever is in the mat's zone.
        station: the attempt's state.
        scribe: stores and tells what happens here.
        frames, seconds: counted so far, and the time that took without the poses.

    Args:
        film: keeps the attempt's video, None where the teacher has not switched it on.
    """

    def __init__(
        self,
        estimator: PoseEstimator,
        station: Station,
        scribe: AttemptRecorder,
        film: VideoMaker | None = None,
    ) -> None:
        self.estimator, self.station, self.scribe = estimator, station, scribe
        self._film = film
        self.frames, self.seconds = 0, 0.0

    @property
    def idle(self) -> bool:
        return self.station.phase in BETWEEN

    def see(self, frame: Frame) -> dict[str, Any]:
        """One frame; how things are with it, for the pages."""
        pose = self.estimator(frame)
        begun_s = time.perf_counter()
        station = self.station
        self.say(station.see(pose))
        self.scribe.pose(station, pose)  # after «go», which makes the attempt that it is of
        if self._film and self.scribe.attempt and station.run and station.phase in FILMED:
            self._film.frame(self.scribe.attempt, frame.image, pose, station.run.time_s(pose.t_s))
        self.frames += 1
        self.seconds += time.perf_counter() - begun_s
        return {**self._values(), "pose": points(pose, frame.image.shape[:2])}

    def say(self, events: Sequence[Event], who: str = "") -> None:
        """Stores and tells what the station said; `who` gave the command, if one did."""
        for event in events:
            self.scribe.happened(self.station, event, who)
            if self._film and self.scribe.attempt and self.station.phase == "finished":
                self._film.end(self.scribe.attempt)

    def do(self, name: str, who: str, t_s: float) -> bool:
        """One of the station's commands; False if it makes no sense now."""
        station = self.station
        if name == "resume":
            events = station.resume(t_s)
        else:
            commands = {
                "start": station.start, "stop": station.stop, "pause": station.pause,
                "ready": station.ready, "undo": station.undo,
            }  # fmt: skip
            events = commands[name]()
        self.say(events, who)
        return bool(events)

    def camera_good(self, t_s: float) -> None:
        """A picture has come: what its absence had paused goes on."""
        if self.scribe.paused_by == "camera":
            self.say(self.station.resume(t_s))

    def camera_ended(self) -> None:
        """No picture will come any more: that ends the attempt."""
        if self.station.phase in ("running", "paused"):
            self.say(self.station.stop())
        else:
            self.camera_lost()

    def camera_lost(self) -> None:
        """No picture comes: the attempt waits."""
        if self.station.phase in ("countdown", "running", "settling"):
            self.say(self.station.pause("camera"))

    def _values(self) -> dict[str, Any]:
        station = self.station
        signal = station.counter.signal
        levels = (signal.progress, signal.thresholds.returned, signal.thresholds.reached)
        progress, returned, reached = (number(v) for v in levels)
        return {
            "left_s": number(station.left_s()), "progress": progress, "returned": returned,
            "reached": reached, "held_s": station.held_s,
        }  # fmt: skip


def number(value: float) -> float | None:
    """JSON has neither NaN nor infinity."""
    return round(value, 3) if math.isfinite(value) else None
