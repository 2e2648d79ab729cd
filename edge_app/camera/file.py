"""A video file as a source of frames, at the times the file itself gives."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Iterator

import cv2

from edge_app.errors import InputError
from edge_app.values import Frame

PREFETCHED = 4  # frames decoded ahead: decoding overlaps with inference, memory stays flat
SHORTEST_READABLE = 0.9  # of the announced frames; container headers are often a little off


class FileSource:
    """Iterates over the frames of a video file; decoding runs ahead in a thread of its own.

    Attributes:
        fps: nominal frames a second of the file, 25 where the file names none.
        frame_count: frames the file announces, 0 if it does not.
        height, width: of the pictures as they are shown (rotation tags are applied).

    Raises:
        InputError: no such file, not a video, or no picture in it; and, while iterating, a file
            that breaks off before its announced end.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise InputError(f"there is no file {self.path}")
        self._capture = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise InputError(f"{self.path} is not a video that can be read")
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.fps = fps if 1 <= fps <= 240 else 25.0
        self.frame_count = max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        ok, self._first = self._capture.read()
        if not ok:
            self._capture.release()
            raise InputError(f"{self.path} holds no picture")
        self.height, self.width = self._first.shape[:2]
        self._first_t_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        self._queue: queue.Queue = queue.Queue(PREFETCHED)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read_ahead, name="file-reader", daemon=True)

    def __enter__(self) -> FileSource:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops the reader and lets go of the file."""
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
        image, t_s, index = self._first, self._first_t_s, 0
        while not self._stop.is_set():
            self._put(Frame(image, t_s, index))
            ok, image = self._capture.read()
            if not ok:
                break
            index += 1
            stated = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            # Some containers state no times, or the same one twice; time must move on.
            t_s = stated if stated > t_s else t_s + 1 / self.fps
        if index + 1 < SHORTEST_READABLE * self.frame_count:
            message = f"{self.path} breaks off: {index + 1} of {self.frame_count} frames are there"
            self._put(InputError(message))
        self._put(None)

    def _put(self, item: object) -> None:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.1)
                return
            except queue.Full:
                continue


def thin(frames: Iterator[Frame], max_fps: float) -> Iterator[Frame]:
    """Drops frames as a slower device would, keeping the times of those that are left."""
    next_s = float("-inf")
    for frame in frames:
        if frame.t_s >= next_s:
            yield frame
            next_s = max(next_s + 1 / max_fps, frame.t_s + 0.5 / max_fps)
