"""A camera that may fail: newest picture only, faults noticed, opened again.

A reader thread waits for the device, so that nobody else has to. It keeps one picture: who comes
late finds the newest, never a queue of old ones. A device that hangs inside its driver cannot be
interrupted; its thread is left behind and another takes over.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Callable

import numpy as np

from edge_app.camera.capture import Capture
from edge_app.errors import InputError
from edge_app.values import Frame

STALE_S = 1.5  # without a picture for so long, the camera counts as lost
FROZEN_S = 1.5  # the same picture for so long, and it counts as frozen
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 8.0  # between two tries to open it
OPENING_S = 8.0  # a device may take so long to open before it counts as hanging
ABANDONED = 3  # readers that may hang at a time; then no more are started


@dataclass(frozen=True)
class CameraHealth:
    """What there is to say of the camera now."""

    state: str  # "opening", "good", "stale", "frozen", "gone" or "ended"
    message: str = ""
    frames: int = 0  # pictures read
    dropped: int = 0  # of them never taken, because a newer one came first
    opened: int = 0  # times it was opened with success
    fps: float = 0.0  # of the last second or so

    @property
    def good(self) -> bool:
        return self.state == "good"


class LiveCamera:
    """Keeps one camera open and its newest picture at hand.

    Args:
        open_it: opens the camera; raises InputError when it is not there.
        clock: seconds, never going back; gives a picture its time.
        stale_s, frozen_s, first_wait_s: for tests, which have less patience.
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
        self._alive_s = self._begun_s = clock()
        self._generation = 0
        self._left_behind: list[threading.Thread] = []  # readers that hung when they were replaced
        self._held = False  # the reader waits for the last picture to be taken: no silence of its
        self._closed = threading.Event()
        self._start_reader()

    def newest(self, after: int, timeout_s: float) -> Frame | None:
        """The newest picture if its index is above `after`, waiting a little for one."""
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
        """The newest picture if it is not `last`, for those who only show it: none counts as taken.

        None if there is no other one within the time.
        """
        with self._changed:
            fresh = self._changed.wait_for(lambda: self._frame is not last, timeout_s)
            return self._frame if fresh else None

    def health(self) -> CameraHealth:
        """Looks after the camera and tells how it is; to be called about ten times a second."""
        with self._changed:
            silent_s = 0.0 if self._held else self._clock() - self._alive_s
            state = self._health.state
            if state == "good" and silent_s > self._stale_s:
                self._say("stale", "no picture comes from the camera")
            resting_s = 0.0 if state in ("stale", "opening") else LONGEST_WAIT_S
            if state != "ended" and silent_s > self._stale_s + OPENING_S + resting_s:
                self._replace_reader()
            return self._health

    def close(self) -> None:
        """Stops reading; a reader that hangs is left behind."""
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
        """Opens, reads until it fails, waits longer each time, opens again."""
        wait_s = self._first_wait_s
        while self._mine(generation):
            try:
                capture = self._open()
            except InputError as exc:
                why = ("gone", str(exc))
            else:
                try:
                    before = self._health.frames
                    why = self._read(capture, generation)
                finally:
                    capture.close()
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
        """Reads until there is nothing more; tells why."""
        same_since_s, before = self._clock(), None
        with self._changed:
            self._health = replace(self._health, opened=self._health.opened + 1)
        while self._mine(generation):
            image = capture.read()
            now_s = self._clock()
            if image is None:
                return (
                    ("gone", "the camera is gone") if capture.live else ("ended", "the clip ended")
                )
            if capture.live:
                # A sensor's noise never repeats: equal pixels are the same picture sent again.
                sample = image[::16, ::16].copy()
                if before is None or not np.array_equal(sample, before):
                    same_since_s, before = now_s, sample
                elif now_s - same_since_s > self._frozen_s:
                    return "frozen", "the camera's picture does not change"
            self._keep(image, now_s, generation, capture.step_s)
        return "gone", ""

    def _keep(self, image: np.ndarray, now_s: float, generation: int, step_s: float) -> None:
        with self._changed:
            if step_s:
                self._held = True
                self._changed.wait_for(lambda: self._all_taken or not self._mine(generation))
                self._held = False
                self._alive_s = now_s = self._clock()
            if not self._mine(generation):
                return
            index = self._frame.index + 1 if self._frame else 0
            # Two pictures never have the same time, whatever the clock's grain.
            t_s = max(now_s, self._frame.t_s + 1e-4) if self._frame else now_s
            if step_s and self._frame:
                t_s = self._frame.t_s + step_s
            gap_s = step_s or now_s - self._alive_s
            rate = 1 / gap_s if gap_s > 1e-3 else self._health.fps
            self._frame, self._alive_s = Frame(image, t_s, index), now_s
            fps = rate if self._health.fps == 0 else 0.95 * self._health.fps + 0.05 * rate
            self._health = replace(
                self._health, state="good", message="", frames=index + 1, fps=fps
            )
            self._changed.notify_all()
