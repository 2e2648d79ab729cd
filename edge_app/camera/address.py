"""Parses camera addresses and opens the cameras.

usb:                        the first connected camera
usb:0  0                    the camera of this number
usb:/dev/v4l/by-id/NAME     this camera, on any port
csi:  csi:1                 a Jetson's own camera, by its sensor number
rtsp://…  http://…          a network camera; https:// and rtsps:// too
file:CLIP  file:CLIP?once   a clip at its own speed, in a loop or once
file:CLIP?every             every picture of a clip once, at the reader's speed
images:FOLDER               pictures in order of name, five per second, in a loop
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from types import ModuleType

from edge_app.camera.contract import Address, Capture, Shot
from edge_app.camera.orientation import UPRIGHT, Orientation
from edge_app.errors import InputError

# A new kind is its own module and one line here. The module has `parse(kind, place)`, which returns
# an Address, and `open_address(address)`, which returns a Capture; both raise InputError. One that
# turns the picture itself says so by `TURNS = True`.
KINDS = {
    "usb": "edge_app.camera.usb",
    "csi": "edge_app.camera.csi",
    "rtsp": "edge_app.camera.network",
    "rtsps": "edge_app.camera.network",
    "http": "edge_app.camera.network",
    "https": "edge_app.camera.network",
    "file": "edge_app.camera.clip",
    "images": "edge_app.camera.images",
}


def parse_address(text: str, orientation: Orientation = UPRIGHT) -> Address:
    """Parses an address without opening anything.

    Args:
        orientation: of the camera as it is mounted.

    Raises:
        InputError: unknown kind of camera, or the place is missing or invalid.
    """
    text = text.strip()
    kind, colon, place = text.partition(":")
    if text.isdecimal():
        kind, colon, place = "usb", ":", text
    if not colon or kind not in KINDS:
        known = ", ".join(f"{k}:" for k in KINDS)
        said = "this" if "@" in text else f"'{shown(text)}'"  # it may hold a password
        raise InputError(f"{said} is not a camera address: it must begin with one of {known}")
    address: Address = _module(kind).parse(kind, place)
    return replace(address, orientation=orientation)


def open_capture(address: Address) -> Capture:
    """Opens the camera at an address.

    Raises:
        InputError: the camera is missing or unreadable, or this OpenCV cannot read that kind.
    """
    module = _module(address.kind)
    capture: Capture = module.open_address(address)
    if address.orientation == UPRIGHT or getattr(module, "TURNS", False):
        return capture
    return TurnedCapture(capture, address.orientation)


class TurnedCapture:
    """A camera whose pictures are turned as they come."""

    def __init__(self, capture: Capture, orientation: Orientation) -> None:
        self.live, self.every = capture.live, capture.every
        self._capture, self._orientation = capture, orientation

    def read(self) -> Shot | None:
        shot = self._capture.read()
        return shot and Shot(self._orientation.apply(shot.image), shot.t_s)

    def close(self) -> None:
        self._capture.close()


def shown(address: str) -> str:
    """An address that anybody may see: of a URL the scheme and the host alone, for its user, path
    and query may hold a password."""
    scheme, there, rest = address.strip().partition("://")
    if not there:
        return address
    host = rest.replace("?", "/").replace("#", "/").partition("/")[0].rpartition("@")[2]
    return f"{scheme}://{host}"


def _module(kind: str) -> ModuleType:
    return importlib.import_module(KINDS[kind])
