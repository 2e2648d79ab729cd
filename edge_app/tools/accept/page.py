"""A page without a browser: the kiosk's own way from the counting loop to a socket.

The hub, its queues and the thread that compresses pictures are the kiosk's. What follows in a
kiosk, the network and the browser's drawing, is not in it.
"""

from __future__ import annotations

import asyncio
import json
import struct
import threading
from time import monotonic
from typing import Callable

from edge_app.kiosk.hub import Hub, Watcher
from edge_app.kiosk.pictures import PictureMaker, points
from edge_app.settings import Settings
from edge_app.values import Frame, Pose


class Page:
    """Receives live values and pictures as a browser's socket would.

    Args:
        look: as for `PictureMaker`.

    Attributes:
        poses_s, pictures_s: frame → when its pose or picture came out, by `time.monotonic`.
    """

    def __init__(self, look: Callable[[Frame | None, float], Frame | None]) -> None:
        self.poses_s: dict[int, float] = {}
        self.pictures_s: dict[int, float] = {}
        self._hub = Hub()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="page")
        self._thread.start()
        self._ready.wait()
        settings = Settings()
        self._pictures = PictureMaker(
            look, self._hub.picture, lambda: self._hub.viewers, settings.picture_fps,
            settings.picture_width_px,
        )  # fmt: skip

    def show(self, frame: Frame, pose: Pose) -> None:
        """Publishes a pose as the counting loop does."""
        hw = (frame.image.shape[0], frame.image.shape[1])
        self._hub.live({"i": frame.index, "mats": [{"pose": points(pose, hw)}]})

    def close(self) -> None:
        """Ends both threads."""
        self._pictures.close()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._hub.attach(self._loop)
        watchers = [self._hub.join(pictures=pictures) for pictures in (False, True)]
        tasks = [asyncio.ensure_future(self._watch(w)) for w in watchers if w is not None]
        self._ready.set()
        await self._stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, watcher: Watcher) -> None:
        while True:
            message = await watcher.next()
            now_s = monotonic()
            if isinstance(message, bytes):
                (size,) = struct.unpack(">H", message[:2])
                self.pictures_s.setdefault(json.loads(message[2 : 2 + size])["i"], now_s)
            else:
                self.poses_s.setdefault(json.loads(message)["i"], now_s)
