"""Camera modes: two ages of v4l2-ctl, none, and a camera that gives another size than asked."""

from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
import pytest

from edge_app.tools.accept import camera as module
from edge_app.tools.accept.camera import Mode, camera, listed_modes
from edge_app.tools.accept.rig import Failed, Found, Rig, Skipped

NEW = """ioctl: VIDIOC_ENUM_FMT
\tType: Video Capture

\t[0]: 'MJPG' (Motion-JPEG, compressed)
\t\tSize: Discrete 1280x720
\t\t\tInterval: Discrete 0.033s (30.000 fps)
\t\t\tInterval: Discrete 0.017s (60.000 fps)
\t\tSize: Discrete 320x240
\t\t\tInterval: Discrete 0.033s (30.000 fps)
\t[1]: 'YUYV' (YUYV 4:2:2)
\t\tSize: Discrete 1280x720
\t\t\tInterval: Discrete 0.111s (9.000 fps)
"""
OLD = """ioctl: VIDIOC_ENUM_FMT
\tIndex       : 0
\tType        : Video Capture
\tPixel Format: 'YUYV'
\tName        : YUYV 4:2:2
\t\tSize: Discrete 640x480
\t\t\tInterval: Discrete 0.033s (30.000 fps)
"""


class FakeCamera:
    """OpenCV's camera; gives 640x480 whatever is asked, and nothing in YUYV."""

    asked: list[tuple[int, float]]

    def __init__(self, device: str, api: int) -> None:
        self.asked = []
        assert (device, api) == ("/dev/video9", cv2.CAP_V4L2)

    def isOpened(self) -> bool:
        return True

    def set(self, key: int, value: float) -> bool:
        self.asked.append((key, value))
        return True

    def read(self) -> tuple[bool, np.ndarray | None]:
        assert self.asked[0][0] == cv2.CAP_PROP_FOURCC, "the format comes first"
        time.sleep(0.01)
        raw = self.asked[0][1] == cv2.VideoWriter.fourcc(*"YUYV")
        return (False, None) if raw else (True, np.zeros((480, 640, 3), np.uint8))

    def release(self) -> None:
        """Nothing is open."""


class Busy(FakeCamera):
    """Another program uses it."""

    def isOpened(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("listing", "modes"),
    [
        (NEW, [Mode("MJPG", 1280, 720, 60.0), Mode("MJPG", 320, 240, 30.0),
               Mode("YUYV", 1280, 720, 9.0)]),
        (OLD, [Mode("YUYV", 640, 480, 30.0)]),
        ("", []),
    ],
)  # fmt: skip
def test_what_v4l2_ctl_lists(listing: str, modes: list[Mode]) -> None:
    assert listed_modes(listing) == modes


@pytest.fixture
def usb(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    rig.camera, rig.load_s = "usb:9", 0.1
    monkeypatch.setattr(cv2, "VideoCapture", FakeCamera)
    return rig


def test_every_mode_of_a_useful_size_is_measured(usb: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[Any, ...]] = []
    monkeypatch.setattr(module, "run_tool", lambda *words: commands.append(words) or NEW)
    found: Found = {}
    said = camera(usb, found)
    assert commands == [("v4l2-ctl", "--list-formats-ext", "-d", "/dev/video9")]
    assert found["offered"] == ["MJPG 1280x720 60", "MJPG 320x240 30", "YUYV 1280x720 9"]
    assert set(found["modes"]) == {"MJPG 1280x720", "YUYV 1280x720"}
    good = found["modes"]["MJPG 1280x720"]
    assert good["given"] == "640x480" and good["promised_fps"] == 60.0
    assert 10 < good["fps"] <= 100
    refused = found["modes"]["YUYV 1280x720"]["refused"]
    assert refused == "no picture from /dev/video9 in YUYV 1280x720"
    assert said.startswith("1 of 2 modes work; MJPG 1280x720 gives ")


def test_without_v4l2_ctl_the_standard_modes_are_tried(
    usb: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "run_tool", lambda *words: None)
    found: Found = {}
    camera(usb, found)
    assert "MJPG 1920x1080" in found["modes"] and len(found["modes"]) == 6
    assert found["asked"].startswith("standard modes")


def test_a_camera_in_use_fails(usb: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", Busy)
    found: Found = {}
    with pytest.raises(Failed, match="no mode of /dev/video9 gives pictures"):
        camera(usb, found)
    assert "it may be in use" in found["modes"]["MJPG 640x480"]["refused"]


def test_another_kind_of_camera_has_no_list(rig: Rig) -> None:
    rig.camera = "csi:0"
    with pytest.raises(Skipped, match="this is csi:"):
        camera(rig, {})
