"""Network cameras, through RTSP."""

from __future__ import annotations

import cv2

from edge_app.camera.contract import Address, Capture
from edge_app.camera.opencv import OpenCvCapture

OPEN_TIMEOUT_MS, READ_TIMEOUT_MS = 5000, 2000


def parse(kind: str, place: str) -> Address:
    """The address of a URL; the whole URL is the place."""
    return Address(kind, f"{kind}:{place}")


def open_address(address: Address) -> Capture:
    """Opens a network camera.

    Raises:
        InputError: no picture comes in time.
    """
    timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS]
    timeouts += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
    handle = cv2.VideoCapture(address.place, cv2.CAP_FFMPEG, timeouts)
    return OpenCvCapture(handle, f"no picture from {without_password(address.place)}")


def without_password(url: str) -> str:
    """A URL that may be shown: without the part before the @."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
