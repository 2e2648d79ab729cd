"""USB cameras, through Video4Linux."""

from __future__ import annotations

import os
from pathlib import Path

import cv2

from edge_app.camera.contract import Address, Capture
from edge_app.camera.opencv import FPS, SIZE_PX, OpenCvCapture
from edge_app.errors import InputError

BY_ID = Path("/dev/v4l/by-id")
# V4L2's select waits ten seconds by default, too long for a class to wait for a message.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")


def usb_cameras() -> list[str]:
    """Addresses of the connected USB cameras, by names that do not depend on the port."""
    return [f"usb:{path}" for path in sorted(BY_ID.glob("*-video-index0"))]


def parse(kind: str, place: str) -> Address:
    """The address of a device's path or number; the first camera if it is left out."""
    return Address(kind, f"/dev/video{int(place)}" if place.isdecimal() else place)


def device_of(address: Address) -> str:
    """Path of the camera's device; of the first camera if the address names none."""
    return address.place or next(iter(usb_cameras()), "usb:/dev/video0")[len("usb:") :]


def open_address(address: Address) -> Capture:
    """Opens a USB camera for compressed pictures at its highest rate.

    Raises:
        InputError: the camera is not connected, or another program uses it.
    """
    device = device_of(address)
    if not Path(device).exists():
        raise InputError(f"no USB camera at {device}")
    handle = cv2.VideoCapture(device, cv2.CAP_V4L2)
    # MJPG must be requested before the size: USB 2 cannot carry raw pictures of that size
    # at 30 fps, and the driver would silently choose a slower rate.
    handle.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    handle.set(cv2.CAP_PROP_FRAME_WIDTH, SIZE_PX[0])
    handle.set(cv2.CAP_PROP_FRAME_HEIGHT, SIZE_PX[1])
    handle.set(cv2.CAP_PROP_FPS, FPS)
    handle.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return OpenCvCapture(handle, f"cannot read the camera {device}: it may be in use")
