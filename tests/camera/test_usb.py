"""USB cameras, as far as they can be tried without one."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from edge_app.camera import usb
from edge_app.camera.contract import Address
from edge_app.errors import InputError


class FakeDevice:
    """What OpenCV gives for a device: notes what is set."""

    def __init__(self, device: str, api: int) -> None:
        self.device, self.api = device, api
        self.set_: list[tuple[int, float]] = []
        opened.append(self)

    def set(self, name: int, value: float) -> None:
        self.set_.append((name, value))

    def isOpened(self) -> bool:
        return True


opened: list[FakeDevice] = []


def test_only_the_picture_nodes_are_listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("b-video-index0", "a-video-index0", "a-video-index1"):
        (tmp_path / name).touch()
    monkeypatch.setattr(usb, "BY_ID", tmp_path)
    assert usb.usb_cameras() == [f"usb:{tmp_path}/{n}-video-index0" for n in "ab"]


def test_without_a_place_the_first_camera_is_opened_compressed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "cam-video-index0").touch()
    monkeypatch.setattr(usb, "BY_ID", tmp_path)
    monkeypatch.setattr(cv2, "VideoCapture", FakeDevice)
    capture = usb.open_address(Address("usb", ""))
    assert capture.live and not capture.every
    assert opened[-1].device == str(tmp_path / "cam-video-index0")
    names = [name for name, _ in opened[-1].set_]
    assert names[0] == cv2.CAP_PROP_FOURCC, "before the size, or the driver takes raw pictures"


def test_a_camera_that_somebody_else_has_is_named(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.touch()
    with pytest.raises(InputError, match=r"video0: it may be in use"):
        usb.open_address(Address("usb", str(device)))
