"""A camera that OpenCV reads, whatever it is connected by."""

from __future__ import annotations

import cv2

from edge_app.camera.contract import Shot
from edge_app.errors import InputError

SIZE_PX = (1280, 720)  # asked of cameras that offer several sizes
FPS = 30


class OpenCvCapture:
    """A camera that gives pictures at its own pace; `read` waits for the next.

    Args:
        handle: as OpenCV gave it, open or not.
        otherwise: the sentence to say if it is not open.

    Raises:
        InputError: it is not open.
    """

    live, every = True, False

    def __init__(self, handle: cv2.VideoCapture, otherwise: str) -> None:
        if not handle.isOpened():
            handle.release()
            raise InputError(otherwise)
        self._handle = handle

    def read(self) -> Shot | None:
        ok, image = self._handle.read()
        return Shot(image) if ok else None

    def close(self) -> None:
        self._handle.release()
