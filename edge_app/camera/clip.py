"""A video file as a source of frames and as a camera, with the file's own times."""

from __future__ import annotations

import logging
import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Iterator

import cv2

from edge_app.camera.contract import Address, Capture, Shot
from edge_app.camera.pace import Pace
from edge_app.errors import InputError
from edge_app.values import Frame

LOG = logging.getLogger(__name__)

PREFETCHED = 4  # frames decoded ahead: decoding overlaps with inference, memory stays flat
SHORTEST_READABLE = 0.9  # of the announced frames; container headers are often slightly wrong
MODES = ("once", "every")


def parse(kind: str, place: str) -> Address:
    """A clip's path, and how it is played: in a loop, ?once, or ?every.

    Raises:
        InputError: the path is missing.
    """
    path, _, mode = place.rpartition("?")
    if path and mode in MODES:
        return Address(kind, path, mode)
    if not place:
        raise InputError(f"'{kind}:' needs the path of a clip")
    return Address(kind, place)


def open_address(address: Address) -> Capture:
    """Opens a clip as a camera; raises as `ClipSource` does."""
    return ClipCapture(Path(address.place), address.mode)


class ClipSource:
    """Iterates over the frames of a video file; decoding runs ahead in its own thread.

    Attributes:
        fps: nominal frames per second of the file, 25 if the file gives none.
        frame_count: frames that the file announces, 0 if unknown.
        height, width: of the pictures as shown (rotation tags are applied).

    Raises:
        InputError: no such file, not a video, or no frames in it; and, while iterating, a file
            that ends before its announced end.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise InputError(f"no such file: {self.path}")
        self._capture = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise InputError(f"cannot read {self.path}: not a video")
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 1 <= fps <= 240 else 25.0
        self.frame_count = max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        ok, image = self._capture.read()
        if not ok:
            self._capture.release()
            raise InputError(f"cannot read {self.path}: no frames in it")
        self.height, self.width = image.shape[:2]
        self._first = Frame(image, self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, 0)
        self._queue: queue.Queue[Frame | InputError | None] = queue.Queue(PREFETCHED)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read_ahead, name="clip-reader", daemon=True)

    def __enter__(self) -> ClipSource:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops the reader and closes the file."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._capture.release()

    def __iter__(self) -> Iterator[Frame]:
        self._thread.start()
        while True:
            item = self._queue.get()
            if item is None:
                return
            if isinstance(item, InputError):
                raise item
            yield item

    def _read_ahead(self) -> None:
        frame = self._first
        while not self._stop.is_set():
            self._put(frame)
            ok, image = self._capture.read()
            if not ok:
                break
            stated = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            # Some containers have no times, or the same one twice; time must increase.
            t_s = stated if stated > frame.t_s else frame.t_s + 1 / self.fps
            frame = Frame(image, t_s, frame.index + 1)
        read = frame.index + 1
        if read < SHORTEST_READABLE * self.frame_count:
            message = f"{self.path} is cut off: it has {read} of {self.frame_count} frames"
            self._put(InputError(message))
        self._put(None)

    def _put(self, item: Frame | InputError | None) -> None:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
                return
            except queue.Full:
                continue


def thin(frames: Iterator[Frame], max_fps: float) -> Iterator[Frame]:
    """Drops frames as a slower device would; the others keep their times."""
    next_s = float("-inf")
    for frame in frames:
        if frame.t_s >= next_s:
            yield frame
            next_s = max(next_s + 1 / max_fps, frame.t_s + 0.5 / max_fps)


class ClipCapture:
    """A clip as a camera: at its own speed in a loop or once, or "every" picture once.

    A clip that is cut off just ends there, with a warning in the log.

    Args:
        path: of the clip.
        mode: "", "once" or "every"; the last runs at the reader's speed.
        pace: for tests.

    Raises:
        InputError: as `ClipSource` does.
    """

    live = False

    def __init__(self, path: Path, mode: str = "", pace: Pace | None = None) -> None:
        self.every = mode == "every"
        self._again = not mode
        self._source = ClipSource(path)
        self._frames = iter(self._source)
        self._pace = pace or Pace()
        self._ends_s = self._shift_s = 0.0  # of this pass, in seconds since the first began

    def read(self) -> Shot | None:
        frame = self._next()
        if frame is None and self._again:
            self._source.close()
            self._source = ClipSource(self._source.path)
            self._frames = iter(self._source)
            frame = self._next()
        if frame is None:
            return None
        if frame.index == 0:
            self._shift_s = self._ends_s - frame.t_s
        t_s = self._shift_s + frame.t_s
        self._ends_s = t_s + 1 / self._source.fps
        return Shot(frame.image, t_s if self.every else self._pace.wait(t_s))

    def close(self) -> None:
        self._source.close()

    def _next(self) -> Frame | None:
        try:
            return next(self._frames, None)
        except InputError as exc:
            LOG.warning("%s", exc)
            return None
