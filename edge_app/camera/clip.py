"""A video file as a source of frames and as a camera, with the file's own times."""

from __future__ import annotations

import logging
import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Iterator

from edge_app.camera.contract import Address, Capture, Shot
from edge_app.camera.decoder import Decoder, Picture
from edge_app.camera.orientation import UPRIGHT, Orientation
from edge_app.camera.pace import LONGEST_GAP_S, Pace
from edge_app.errors import InputError
from edge_app.values import Frame

LOG = logging.getLogger(__name__)

PREFETCHED = 4  # pictures decoded ahead: decoding overlaps with inference
PREFETCHED_BYTES = 150_000_000  # fewer of large ones, but one always
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


# attributes: half of them are what the file says of itself, the rest is the reading thread.
class ClipSource:
    """Iterates over the frames of a video file; decoding runs ahead in its own thread.

    Times are seconds since the clip's first picture, as the file gives them. A damaged clip is
    read as far as it goes.

    Args:
        path: of the clip.
        orientation: applied after the file's own.

    Attributes:
        fps: nominal frames per second of the file, 25 if the file gives none.
        frame_count: frames that the file announces, 0 if unknown.
        height, width: of the pictures as shown.
        damage: after the last frame, what could not be read, in a sentence's part; "" if nothing.

    Raises:
        InputError: no such file, not a video, or no picture in it can be read.
    """

    def __init__(self, path: str | Path, orientation: Orientation = UPRIGHT) -> None:
        self.path = Path(path)
        self.damage = ""
        self._orientation = orientation
        self._decoder = Decoder(self.path)
        self.fps, self.frame_count = self._decoder.fps, self._decoder.frame_count
        self._pictures = iter(self._decoder)
        try:
            first = next(self._pictures, None)
            if first is None:
                raise InputError(f"cannot read {self.path}: no picture in it can be decoded")
        except InputError:
            self._decoder.close()
            raise
        self._first = self._frame(first, 0)
        self.height, self.width = self._first.image.shape[:2]
        ahead = max(1, min(PREFETCHED, PREFETCHED_BYTES // self._first.image.nbytes))
        self._queue: queue.Queue[Frame | InputError | None] = queue.Queue(ahead)
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
        self._decoder.close()

    def __iter__(self) -> Iterator[Frame]:
        self._thread.start()
        while True:
            item = self._queue.get()
            if item is None:
                return
            if isinstance(item, InputError):
                raise item
            yield item

    def _frame(self, picture: Picture, index: int) -> Frame:
        return Frame(self._orientation.apply(picture.image), picture.t_s, index)

    def _read_ahead(self) -> None:
        try:
            self._put(self._first)
            for index, picture in enumerate(self._pictures, 1):
                if self._stop.is_set():
                    return
                self._put(self._frame(picture, index))
            self.damage = self._decoder.damage
        except InputError as exc:  # a picture larger than the first
            self._put(exc)
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

    A damaged clip ends where it breaks off, with a warning in the log.

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
        # Nobody waits for hours because a recorder's clock was set.
        self._shift_s -= max(0.0, self._shift_s + frame.t_s - self._ends_s - LONGEST_GAP_S)
        t_s = self._shift_s + frame.t_s
        self._ends_s = t_s + 1 / self._source.fps
        return Shot(frame.image, t_s if self.every else self._pace.wait(t_s))

    def close(self) -> None:
        self._source.close()

    def _next(self) -> Frame | None:
        frame = next(self._frames, None)
        if frame is None and self._source.damage:
            LOG.warning("%s: %s", self._source.path, self._source.damage)
        return frame
