"""Cameras that OpenCV reads."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from edge_app.camera.opencv import OpenCvCapture
from edge_app.errors import InputError


def test_pictures_come_without_times_until_the_device_is_gone(data: Path) -> None:
    handle = cv2.VideoCapture(str(data / "push-up.mp4"))  # any handle will do
    capture = OpenCvCapture(handle, "never said")
    shot = capture.read()
    assert shot is not None and shot.image.ndim == 3 and shot.t_s is None
    handle.set(cv2.CAP_PROP_POS_FRAMES, handle.get(cv2.CAP_PROP_FRAME_COUNT))
    assert capture.read() is None
    capture.close()
    assert not handle.isOpened()


def test_a_handle_that_is_not_open_is_refused_in_the_callers_words() -> None:
    with pytest.raises(InputError, match="unplugged"):
        OpenCvCapture(cv2.VideoCapture(), "unplugged")
