"""The live picture for the pages: scaled and compressed, straight from the camera.

Pictures do not wait for the network, nor the network for them: poses travel separately, among the
events, and are drawn over the newest picture.

One message is a header and a JPEG: two bytes with the header's length (big endian), the header as
JSON, the JPEG.
"""

from __future__ import annotations

import json
import struct
import threading
import time
from typing import Callable

import cv2
import numpy as np

from edge_app.values import Frame, Pose

JPEG_QUALITY = 72
PATIENCE_S = 0.2  # longest wait for a picture before checking whether anybody still watches


def pack(image: np.ndarray, index: int, width_px: int) -> bytes:
    """One message; `index` is the frame's, as in the live values."""
    height, width = image.shape[:2]
    scale = min(1.0, width_px / width)
    small = image
    if scale < 1:
        size = (width_px, max(1, round(height * scale)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    header = json.dumps({"i": index, "w": small.shape[1], "h": small.shape[0]})
    ok, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert ok
    encoded = header.encode()
    return struct.pack(">H", len(encoded)) + encoded + jpeg.tobytes()


def points(pose: Pose, frame_hw: tuple[int, int]) -> list[float]:
    """Keypoints as flat x, y (fractions of the picture) and score; empty for nobody."""
    if not pose.score.any():
        return []
    height, width = frame_hw
    flat = np.column_stack([pose.xy / (width, height), pose.score])
    return [round(v, 4) for v in flat.ravel().tolist()]


class PictureMaker:
    """Compresses the camera's newest picture in its own thread, while somebody watches.

    Attributes:
        made, seconds: pictures so far and the time they took.

    Args:
        look: returns the newest picture if it differs from the one given; waits a little for one.
        publish: called with each message.
        wanted: returns the number of viewers.
        fps: at most this many pictures per second.
        width_px: at most this width.
    """

    def __init__(
        self,
        look: Callable[[Frame | None, float], Frame | None],
        publish: Callable[[bytes], None],
        wanted: Callable[[], int],
        fps: float,
        width_px: int,
    ) -> None:
        self._look, self._publish, self._wanted = look, publish, wanted
        self._period_s, self._width_px = 1 / fps, width_px
        self._news = threading.Event()
        self._closed = False
        self.made, self.seconds = 0, 0.0
        self._thread = threading.Thread(target=self._work, name="pictures", daemon=True)
        self._thread.start()

    def again(self) -> None:
        """Sends the newest picture to a new viewer at once, even an old one of a frozen camera."""
        self._news.set()

    def close(self) -> None:
        self._closed = True
        self._news.set()
        self._thread.join()

    def _work(self) -> None:
        due_s, shown = 0.0, None
        while not self._closed:
            if not self._wanted():
                self._news.wait()
            if self._news.is_set():
                self._news.clear()
                shown = None
            time.sleep(max(0.0, due_s - time.monotonic()))
            frame = self._look(shown, PATIENCE_S)
            if frame is None:
                continue
            begun_s = time.monotonic()
            # A camera at 25 fps and a limit of 20 would beat against each other: a little
            # early is allowed.
            due_s = max(due_s + self._period_s, begun_s + 0.5 * self._period_s)
            shown = frame
            self._publish(pack(frame.image, frame.index, self._width_px))
            self.made += 1
            self.seconds += time.monotonic() - begun_s
