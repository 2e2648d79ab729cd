"""A camera that may fail: keeps the newest picture only, detects faults and reopens.

A reader thread waits for the device, so that nothing else has to. It keeps one picture: a late
consumer gets the newest, never a queue of old ones. A device that hangs inside its driver cannot be
interrupted; its thread is abandoned and another takes over.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Callable

import numpy as np

from edge_app.camera.contract import Capture
from edge_app.errors import InputError
from edge_app.values import Frame

STALE_S = 1.5  # without a picture for this long, the camera counts as lost
FROZEN_S = 1.5  # with the same picture for this long, it counts as frozen
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0  # between two tries to open it
OPENING_S = 8.0  # a device may take this long to open before it counts as hanging
ABANDONED = 3  # at most this many readers may hang; then no more are started


@dataclass(frozen=True)
class CameraHealth:
    """The camera's current state."""

    state: str  # "opening", "good", "stale", "frozen", "gone" or "ended"
    message: str = ""
    frames: int = 0  # pictures read
    dropped: int = 0  # of them never taken, because a newer one came first
    opened: int = 0  # times it was opened successfully
    fps: float = 0.0  # of the last second or so

    @property
    def good(self) -> bool:
        return self.state == "good"


# attributes: one lock guards all that the reader's thread and its listeners share; in parts, each
# would need the same lock. The others are the patience of tests and what makes it open again.
class LiveCamera:
    """Keeps one camera open and its newest picture ready.

    Args:
        open_it: opens the camera; raises InputError if it is missing.
        clock: monotonic, in seconds; gives a picture its time.
        stale_s, frozen_s, first_wait_s: shorter in tests.
    """

    def __init__(
        self,
        open_it: Callable[[], Capture],
        clock: Callable[[], float] = time.monotonic,
        stale_s: float = STALE_S,
        frozen_s: float = FROZEN_S,
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        self._open, self._clock = open_it, clock
        self._stale_s, self._frozen_s, self._first_wait_s = stale_s, frozen_s, first_wait_s
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._taken = -1
        self._health = CameraHealth("opening")
        self._alive_s = clock()
        self._generation = 0
        self._left_behind: list[threading.Thread] = []  # readers that hung when they were replaced
        self._held = False  # the reader waits for the last picture to be taken: not silent
        self._closed = threading.Event()
        self._start_reader()

    def newest(self, after: int, timeout_s: float) -> Frame | None:
        """The newest picture if its index is above `after`; waits a little for one."""
        with self._changed:
            self._changed.wait_for(lambda: self._has(after), timeout_s)
            if not self._has(after):
                return None
            frame = self._frame
            assert frame is not None
            skipped = frame.index - self._taken - 1 if frame.index > self._taken else 0
            self._health = replace(self._health, dropped=self._health.dropped + skipped)
            self._taken = max(self._taken, frame.index)
            self._changed.notify_all()
            return frame

    def look(self, last: Frame | None, timeout_s: float) -> Frame | None:
        """The newest picture if it is not `last`, for display only: it does not count as taken.

        None if there is no other one within the time.
        """
        with self._changed:
            fresh = self._changed.wait_for(lambda: self._frame is not last, timeout_s)
            return self._frame if fresh else None

    def health(self) -> CameraHealth:
        """Checks the camera and returns its state; call it about ten times per second."""
        with self._changed:
            silent_s = 0.0 if self._held else self._clock() - self._alive_s
            state = self._health.state
            if state == "good" and silent_s > self._stale_s:
                self._say("stale", "no picture from the camera")
            resting_s = 0.0 if state in ("stale", "opening") else LONGEST_WAIT_S
            if state != "ended" and silent_s > self._stale_s + OPENING_S + resting_s:
                self._replace_reader()
            return self._health

    def close(self) -> None:
        """Stops reading; a reader that hangs is abandoned."""
        self._closed.set()
        with self._changed:
            self._generation += 1
            self._changed.notify_all()
        self._thread.join(timeout=self._stale_s)

    @property
    def _all_taken(self) -> bool:
        return self._frame is None or self._taken >= self._frame.index

    def _has(self, after: int) -> bool:
        return self._frame is not None and self._frame.index > after

    def _say(self, state: str, message: str = "") -> None:
        self._health = replace(self._health, state=state, message=message)

    def _start_reader(self) -> None:
        self._generation += 1
        self._alive_s = self._clock()
        self._thread = threading.Thread(
            target=self._keep_open, args=(self._generation,), name="camera", daemon=True
        )
        self._thread.start()

    def _replace_reader(self) -> None:
        hanging = [one for one in (*self._left_behind, self._thread) if one.is_alive()]
        if len(hanging) > ABANDONED:
            self._say("gone", "the camera's driver hangs: unplug the camera and restart the kiosk")
            return
        self._left_behind = hanging
        self._start_reader()

    def _mine(self, generation: int) -> bool:
        return generation == self._generation and not self._closed.is_set()

    def _keep_open(self, generation: int) -> None:
        """Opens the camera, reads until it fails, and opens it again, waiting longer each time."""
        wait_s = self._first_wait_s
        while self._mine(generation):
            before = self._health.frames
            try:
                with closing(self._open()) as capture:
                    why = self._read(capture, generation)
            except InputError as exc:
                why = ("gone", str(exc))
            if self._health.frames - before > 1:
                wait_s = self._first_wait_s
            with self._changed:
                if not self._mine(generation):
                    return
                self._say(*why)
                self._alive_s = self._clock()
            if why[0] == "ended":
                return
            self._closed.wait(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _read(self, capture: Capture, generation: int) -> tuple[str, str]:
        """Reads until the camera ends or fails; returns the reason."""
        same_since_s, before = self._clock(), None
        origin_s: float | None = None  # by the clock, of the pictures' own times
        with self._changed:
            self._health = replace(self._health, opened=self._health.opened + 1)
        while self._mine(generation):
            shot = capture.read()
            now_s = self._clock()
            if shot is None:
                return (
                    ("gone", "the camera is disconnected")
                    if capture.live
                    else ("ended", "the clip ended")
                )
            if capture.live:
                # Sensor noise never repeats: equal pixels are the same picture sent again.
                sample = shot.image[::16, ::16].copy()
                if before is None or not np.array_equal(sample, before):
                    same_since_s, before = now_s, sample
                elif now_s - same_since_s > self._frozen_s:
                    return "frozen", "the camera's picture is frozen"
            t_s = now_s
            if shot.t_s is not None:
                origin_s = now_s - shot.t_s if origin_s is None else origin_s
                t_s = origin_s + shot.t_s
            self._keep(shot.image, t_s, generation, capture.every)
        return "gone", ""

    def _keep(self, image: np.ndarray, t_s: float, generation: int, every: bool) -> None:
        with self._changed:
            if every:
                self._held = True
                self._changed.wait_for(lambda: self._all_taken or not self._mine(generation))
                self._held = False
            if not self._mine(generation):
                return
            index, fps = 0, self._health.fps
            if self._frame:
                index = self._frame.index + 1
                # Two pictures never have the same time, whatever the clock's resolution.
                t_s = max(t_s, self._frame.t_s + 1e-4)
                gap_s = t_s - self._frame.t_s
                rate = 1 / gap_s if gap_s > 1e-3 else fps
                fps = 0.95 * fps + 0.05 * rate if fps else rate
            self._frame, self._alive_s = Frame(image, t_s, index), self._clock()
            self._health = replace(
                self._health, state="good", message="", frames=index + 1, fps=fps
            )
            self._changed.notify_all()
