"""The live picture for the pages: scaled, compressed, together with the pose that was seen in it.

One message is a header and a JPEG, so that the skeleton a browser draws belongs to the picture:
two bytes with the header's length (big endian), the header as JSON, the JPEG.
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


def pack(image: np.ndarray, pose: Pose | None, index: int, width_px: int) -> bytes:
    """One message; keypoints as x, y in shares of the picture and the score, in a flat list."""
    height, width = image.shape[:2]
    scale = min(1.0, width_px / width)
    small = image
    if scale < 1:
        size = (width_px, max(1, round(height * scale)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    points = []
    if pose is not None and pose.score.any():
        flat = np.column_stack([pose.xy / (width, height), pose.score])
        points = [round(v, 4) for v in flat.ravel().tolist()]
    header = json.dumps({"i": index, "w": small.shape[1], "h": small.shape[0], "pose": points})
    ok, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert ok
    encoded = header.encode()
    return struct.pack(">H", len(encoded)) + encoded + jpeg.tobytes()


class PictureMaker:
    """Compresses the newest picture in a thread of its own, while somebody looks.

    Attributes:
        made, seconds: pictures so far and the time they took.
    """

    def __init__(
        self, publish: Callable[[bytes], None], wanted: Callable[[], int], fps: float, width_px: int
    ) -> None:
        self._publish, self._wanted = publish, wanted
        self._period_s, self._width_px = 1 / fps, width_px
        self._newest: tuple[Frame, Pose | None] | None = None
        self._last: tuple[Frame, Pose | None] | None = None
        self._news = threading.Condition()
        self._closed = False
        self.made, self.seconds = 0, 0.0
        self._thread = threading.Thread(target=self._work, name="pictures", daemon=True)
        self._thread.start()

    def offer(self, frame: Frame, pose: Pose | None) -> None:
        """The newest picture; costs nothing while nobody looks."""
        self._last = (frame, pose)
        if self._wanted():
            self.again()

    def again(self) -> None:
        """The newest picture once more, for somebody who begins to look at a still camera."""
        with self._news:
            self._newest = self._last
            self._news.notify()

    def close(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify()
        self._thread.join()

    def _work(self) -> None:
        due_s = 0.0
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closed or self._newest is not None)
                if self._closed:
                    return
            time.sleep(max(0.0, due_s - time.monotonic()))
            with self._news:
                newest, self._newest = self._newest, None
            if newest is None:
                continue
            begun_s = time.monotonic()
            # A camera of 25 a second and a limit of 20 would beat against each other: a little
            # early is allowed.
            due_s = max(due_s + self._period_s, begun_s + 0.5 * self._period_s)
            frame, pose = newest
            self._publish(pack(frame.image, pose, frame.index, self._width_px))
            self.made += 1
            self.seconds += time.monotonic() - begun_s
