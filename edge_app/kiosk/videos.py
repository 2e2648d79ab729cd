"""Videos of attempts, if the teacher has switched them on: recorded beside the counting, kept for
some days, then deleted.

A video is fragmented H.264, so that it plays even if the device lost power while recording. Its
time is the attempt's: without pauses, so that a repetition is at its own times.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Callable, Tuple

import cv2
import numpy as np

from edge_app.errors import InputError
from edge_app.files import make_private
from edge_app.kiosk.privacy_mask import mask_all_but
from edge_app.sinks.video.h264 import FRAGMENTED, H264Writer
from edge_app.values import Pose

LOG = logging.getLogger(__name__)
FPS = 10.0
LARGEST_SIDE_PX = 640
WAITING = 4  # pictures that may wait for compression; more are dropped
LONGEST_GAP_S = 5.0  # longest gap that is filled by repeating a picture
CRF = 28
KEY_EVERY = "20"  # pictures: what a power cut may cost
Item = Tuple[uuid.UUID, "np.ndarray | None", "Pose | None", float]


class Videos:
    """The folder of videos; an attempt's video is named by its id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, attempt: uuid.UUID) -> Path:
        return self.folder / f"{attempt}.mp4"

    def has(self, attempt: uuid.UUID) -> bool:
        """Whether the attempt has a video that is not empty."""
        try:
            return self.path(attempt).stat().st_size > 0
        except FileNotFoundError:
            return False

    def delete(self, attempt: uuid.UUID) -> bool:
        """Deletes the attempt's video; returns whether there was one."""
        try:
            self.path(attempt).unlink()
        except FileNotFoundError:
            return False
        return True

    def attempts(self) -> list[uuid.UUID]:
        """The attempts that have a video, or the beginning of one."""
        found = []
        for path in sorted(self.folder.glob("*.mp4")):
            with suppress(ValueError):  # not a video of ours
                found.append(uuid.UUID(path.stem))
        return found

    def forget(self, past: Callable[[uuid.UUID], bool]) -> int:
        """Deletes the videos of attempts that are `past`; returns their number.

        The date of a file says nothing: the clock may have been wrong when it was made.
        """
        return sum(self.delete(one) for one in self.attempts() if past(one))

    def make_private(self) -> None:
        """Lets nobody else read the folder and what is in it, whatever made it."""
        if self.folder.is_dir():
            make_private(self.folder, *self.folder.glob("*.mp4"))


class VideoMaker:
    """Writes videos in its own thread; counting never waits for it.

    Attributes:
        problem: "" or one sentence that says why an attempt has no video.

    Args:
        videos: the folder.
        masked: make everything but the student's body unrecognisable.
        room: whether the disk has room; results come before videos.
    """

    def __init__(self, videos: Videos, room: Callable[[], bool], masked: bool = True) -> None:
        self._videos, self._room, self.masked = videos, room, masked
        self.problem = ""
        self._due_s: dict[uuid.UUID, float] = {}
        self._queue: queue.Queue[Item | None] = queue.Queue()
        self._writers: dict[uuid.UUID, _Writer | None] = {}
        self._thread = threading.Thread(target=self._work, name="videos", daemon=True)
        self._thread.start()

    def frame(self, attempt: uuid.UUID, image: np.ndarray, pose: Pose, t_s: float) -> None:
        """Adds one picture of an attempt at its own time; the first one starts the video."""
        if t_s < self._due_s.get(attempt, 0.0) or self._queue.qsize() >= WAITING:
            return
        self._due_s[attempt] = t_s + 0.5 / FPS
        # The teacher's choice now, not when the picture is compressed.
        self._queue.put((attempt, image, pose if self.masked else None, t_s))

    def end(self, attempt: uuid.UUID) -> None:
        """Ends the attempt's video."""
        self._due_s.pop(attempt, None)
        self._queue.put((attempt, None, None, 0.0))

    def close(self) -> None:
        """Finishes the queued work and stops."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while True:
            item = self._queue.get()
            if item is None:
                break
            attempt, image, seen, t_s = item
            try:
                if image is None:
                    self._finish(attempt)
                else:
                    self._write(attempt, image, seen, t_s)
            except (OSError, InputError) as exc:
                LOG.warning("the video of %s broke off: %s", attempt, exc)
                with suppress(InputError):
                    self._finish(attempt)
                self._writers[attempt] = None
                self._say("A video could not be stored: the disk may be full.")
        for attempt in list(self._writers):
            with suppress(InputError):
                self._finish(attempt)

    def _write(self, attempt: uuid.UUID, image: np.ndarray, seen: Pose | None, t_s: float) -> None:
        if attempt not in self._writers:
            self._writers[attempt] = self._begin(attempt)
        writer = self._writers[attempt]
        if writer is not None:
            writer.add(image, seen, t_s)

    def _begin(self, attempt: uuid.UUID) -> _Writer | None:
        self._videos.folder.mkdir(parents=True, exist_ok=True)
        make_private(self._videos.folder)
        if not self._room():
            self._say("The disk is nearly full: videos are not stored.")
            return None
        self._say("")
        return _Writer(self._videos.path(attempt))

    def _finish(self, attempt: uuid.UUID) -> None:
        writer = self._writers.pop(attempt, None)
        if writer is not None:
            writer.close()

    def _say(self, problem: str) -> None:
        self.problem = problem


class _Writer:
    """One video at `FPS` pictures per second, whatever the times of its input."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = (0, 0)
        self._last: np.ndarray | None = None
        self._slot = 0  # of the next missing picture
        self._writer: H264Writer | None = None

    def add(self, image: np.ndarray, seen: Pose | None, t_s: float) -> None:
        """Adds a picture; only the body of pose `seen` stays visible, everything if None."""
        if self._writer is None:
            self._open(image.shape[0], image.shape[1])
        slot = int(t_s * FPS)
        if self._last is not None:  # repeat the last picture until there is a newer one
            for _ in range(self._slot, min(slot, self._slot + int(LONGEST_GAP_S * FPS))):
                self._send(self._last)
        if slot >= self._slot:
            self._slot = slot
            small = cv2.resize(image, self._size, interpolation=cv2.INTER_AREA)
            if seen is not None:
                share = self._size[0] / image.shape[1]
                small = mask_all_but(small, replace(seen, xy=seen.xy * np.float32(share)))
            self._last = small
            self._send(self._last)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _open(self, height: int, width: int) -> None:
        scale = min(1.0, LARGEST_SIDE_PX / max(height, width))
        self._size = (max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2))
        self._path.touch(mode=0o600)  # the writer overwrites an existing file
        make_private(self._path)
        self._writer = H264Writer(self._path, FPS, CRF, FRAGMENTED, options={"g": KEY_EVERY})

    def _send(self, picture: np.ndarray) -> None:
        assert self._writer is not None
        self._writer.add(picture, self._slot / FPS)
        self._slot += 1
