"""A camera's address: taken apart, and opened.

usb:                        the first camera that is there
usb:/dev/v4l/by-id/NAME     this camera, whatever port it is plugged into
csi:  csi:1                 a Jetson's own camera, by its sensor number
rtsp://…                    a network camera
file:CLIP  file:CLIP?once   a clip at its own speed, over and over or one time
file:CLIP?every             a clip at the speed of its reader, every picture, one time
images:FOLDER               pictures in order of name, five a second, over and over
"""

from __future__ import annotations

import importlib
from types import ModuleType

from edge_app.camera.contract import Address, Capture
from edge_app.errors import InputError

# A new kind is a module of its own and one line here. The module has `parse(kind, place)`, which
# gives an Address, and `open_address(address)`, which gives a Capture; both raise InputError.
KINDS = {
    "usb": "edge_app.camera.usb",
    "csi": "edge_app.camera.csi",
    "rtsp": "edge_app.camera.rtsp",
    "rtsps": "edge_app.camera.rtsp",
    "file": "edge_app.camera.clip",
    "images": "edge_app.camera.images",
}


def parse_address(text: str) -> Address:
    """Takes an address apart without opening anything.

    Raises:
        InputError: no such kind of camera, or the place is missing or wrong.
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
        InputError: it is not there, or cannot be read, or this OpenCV cannot read that kind.
    """
    capture: Capture = _module(address.kind).open_address(address)
    return capture


def _module(kind: str) -> ModuleType:
    return importlib.import_module(KINDS[kind])
