"""Folders of pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.camera.images import ImagesCapture
from edge_app.camera.pace import Pace
from edge_app.errors import InputError
from tests.camera.clocks import FakeTime


def test_pictures_come_in_order_of_name_over_and_over(tmp_path: Path) -> None:
    for name, grey in (("b.png", 20), ("a.png", 10)):
        cv2.imwrite(str(tmp_path / name), np.full((4, 4, 3), grey, np.uint8))
    time = FakeTime()
    folder = ImagesCapture(tmp_path, Pace(time.clock, time.sleep))
    shots = [folder.read() for _ in range(3)]
    assert [int(s.image[0, 0, 0]) for s in shots if s is not None] == [10, 20, 10]
    assert time.now_s == pytest.approx(100.4)


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(InputError, match="no pictures in"):
        ImagesCapture(tmp_path)


def test_pictures_that_cannot_be_read_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cv2.imwrite(str(tmp_path / "b.png"), np.full((20, 30, 3), 90, np.uint8))
    cv2.imwrite(str(tmp_path / "tall.png"), np.zeros((70000, 1), np.uint8))
    (tmp_path / "a.jpg").write_text("no picture")
    time = FakeTime()
    capture = ImagesCapture(tmp_path, Pace(time.clock, time.sleep))
    shots = [capture.read() for _ in range(3)]
    assert all(shot is not None and shot.image.shape == (20, 30, 3) for shot in shots)
    assert "a.jpg: it is not a picture" in caplog.text
    assert "tall.png: its picture of 1 × 70000 pixels is too large" in caplog.text
