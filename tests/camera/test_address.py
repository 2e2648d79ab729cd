"""Addresses of cameras."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from edge_app.camera.address import KINDS, open_capture, parse_address
from edge_app.camera.contract import Address
from edge_app.errors import InputError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("usb:", Address("usb", "")),
        ("0", Address("usb", "/dev/video0")),
        ("usb:2", Address("usb", "/dev/video2")),
        ("usb:/dev/v4l/by-id/cam-video-index0", Address("usb", "/dev/v4l/by-id/cam-video-index0")),
        ("csi:", Address("csi", "")),
        ("csi:1", Address("csi", "1")),
        ("rtsp://hall/1", Address("rtsp", "rtsp://hall/1")),
        ("http://hall/live", Address("http", "http://hall/live")),
        ("file:a.mp4", Address("file", "a.mp4")),
        ("file:a.mp4?once", Address("file", "a.mp4", "once")),
        ("file:a.mp4?every", Address("file", "a.mp4", "every")),
        ("file:what?.mp4", Address("file", "what?.mp4")),
        ("images:here", Address("images", "here")),
    ],
)
def test_addresses(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "video0", "ftp://x", "file:", "images:", "csi:left"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"not a camera address|needs the path|needs a sensor"):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("usb:/dev/none", "no USB camera at /dev/none"),
        ("file:none.mp4", "no such file: none.mp4"),
        ("images:none", "no pictures in none"),
    ],
)
def test_what_is_not_there_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        open_capture(parse_address(text))


def test_every_kind_parses_and_opens() -> None:
    for kind, module in KINDS.items():
        found = importlib.import_module(module)
        assert found.parse(kind, "//1").kind == kind if kind != "csi" else found.parse(kind, "1")
        assert callable(found.open_address)


def test_a_kind_is_loaded_when_it_is_asked_for() -> None:
    code = "import sys, edge_app.camera.address; assert 'cv2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
