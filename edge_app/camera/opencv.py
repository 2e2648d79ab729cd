"""A camera that OpenCV reads, on any connection."""

from __future__ import annotations

import cv2

from edge_app.camera.contract import Shot
from edge_app.errors import InputError

SIZE_PX = (1280, 720)  # requested from cameras that offer several sizes
FPS = 30


class OpenCvCapture:
    """A camera with its own frame rate; `read` waits for the next picture.

    Args:
        handle: from OpenCV, open or not.
        otherwise: the error message if it is not open.

    Raises:
        InputError: the camera is not open.
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
