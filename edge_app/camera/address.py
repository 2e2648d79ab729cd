"""Parses camera addresses and opens the cameras.

usb:                        the first connected camera
usb:/dev/v4l/by-id/NAME     this camera, on any port
csi:  csi:1                 a Jetson's own camera, by its sensor number
rtsp://…                    a network camera
file:CLIP  file:CLIP?once   a clip at its own speed, in a loop or once
file:CLIP?every             every picture of a clip once, at the reader's speed
images:FOLDER               pictures in order of name, five per second, in a loop
"""

from __future__ import annotations

import importlib
from types import ModuleType

from edge_app.camera.contract import Address, Capture
from edge_app.errors import InputError

# A new kind is its own module and one line here. The module has `parse(kind, place)`, which returns
# an Address, and `open_address(address)`, which returns a Capture; both raise InputError.
KINDS = {
    "usb": "edge_app.camera.usb",
    "csi": "edge_app.camera.csi",
    "rtsp": "edge_app.camera.rtsp",
    "rtsps": "edge_app.camera.rtsp",
    "file": "edge_app.camera.clip",
    "images": "edge_app.camera.images",
}


def parse_address(text: str) -> Address:
    """Parses an address without opening anything.

    Raises:
        InputError: unknown kind of camera, or the place is missing or invalid.
    """
    kind, colon, place = text.strip().partition(":")
    if not colon or kind not in KINDS:
        known = ", ".join(f"{k}:" for k in KINDS)
        raise InputError(f"'{text}' is not a camera address: it must begin with one of {known}")
    address: Address = _module(kind).parse(kind, place)
    return address


def open_capture(address: Address) -> Capture:
    """Opens the camera at an address.

    Raises:
        InputError: the camera is missing or unreadable, or this OpenCV cannot read that kind.
    """
    capture: Capture = _module(address.kind).open_address(address)
    return capture


def _module(kind: str) -> ModuleType:
    return importlib.import_module(KINDS[kind])
