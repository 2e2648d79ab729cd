"""Addresses, and the cameras that need no device: clips and folders of pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.camera import capture
from edge_app.camera.capture import Address, Pace, open_capture, parse_address
from edge_app.errors import InputError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("usb:", Address("usb", "")),
        ("usb:/dev/v4l/by-id/cam-video-index0", Address("usb", "/dev/v4l/by-id/cam-video-index0")),
        ("csi:", Address("csi", "")),
        ("csi:1", Address("csi", "1")),
        ("rtsp://hall/1", Address("rtsp", "rtsp://hall/1")),
        ("file:a.mp4", Address("file", "a.mp4")),
        ("file:a.mp4?once", Address("file", "a.mp4", "once")),
        ("file:a.mp4?every", Address("file", "a.mp4", "every")),
        ("file:what?.mp4", Address("file", "what?.mp4")),
        ("images:here", Address("images", "here")),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "0", "video0", "http://x", "file:", "images:", "csi:left"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"no camera|names no|no sensor"):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("usb:/dev/none", "no USB camera at /dev/none"),
        ("file:none.mp4", "there is no file none.mp4"),
        ("images:none", "there are no pictures in none"),
    ],
)
def test_what_is_not_there_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        open_capture(parse_address(text))


def test_a_csi_camera_without_gstreamer_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: False)
    with pytest.raises(InputError, match="no GStreamer"):
        open_capture(parse_address("csi:"))


def test_a_password_in_a_url_is_not_shown() -> None:
    assert capture._no_password("rtsp://who:secret@hall/1") == "rtsp://hall/1"


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def clock(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def test_a_clip_runs_at_its_own_speed_and_ends_or_begins_again(data: Path) -> None:
    time = FakeTime()
    clip = capture.ClipCapture(data / "push-up.mp4", "once", Pace(time.clock, time.sleep))
    read = 0
    while clip.read() is not None:
        read += 1
    clip.close()
    assert read == 354
    assert time.now_s - 100 == pytest.approx(353 / 25, abs=1e-6)
    again = capture.ClipCapture(data / "push-up.mp4", "", Pace(time.clock, time.sleep))
    assert all(again.read() is not None for _ in range(360))
    again.close()


def test_after_the_machine_slept_a_clip_does_not_hurry() -> None:
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    time.now_s += 60
    pace.wait(1.0)  # a minute late
    pace.wait(2.0)
    assert time.now_s == pytest.approx(161.0)


def test_pictures_come_in_order_of_name_over_and_over(tmp_path: Path) -> None:
    for name, grey in (("b.png", 20), ("a.png", 10)):
        cv2.imwrite(str(tmp_path / name), np.full((4, 4, 3), grey, np.uint8))
    time = FakeTime()
    folder = capture.PictureCapture(tmp_path, Pace(time.clock, time.sleep))
    images = [folder.read() for _ in range(3)]
    assert [int(i[0, 0, 0]) for i in images if i is not None] == [10, 20, 10]
    assert time.now_s == pytest.approx(100.4)
