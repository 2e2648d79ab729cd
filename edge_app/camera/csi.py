"""A Jetson's own cameras, through GStreamer."""

from __future__ import annotations

import cv2

from edge_app.camera.contract import Address, Capture
from edge_app.camera.opencv import FPS, SIZE_PX, OpenCvCapture
from edge_app.camera.orientation import UPRIGHT, Orientation
from edge_app.errors import InputError

TURNS = True  # nvvidconv turns the picture at no cost
# nvvidconv's flip-method by turn (clockwise) and mirror
FLIP_METHODS = {
    (0, False): 0, (90, False): 3, (180, False): 2, (270, False): 1,
    (0, True): 4, (90, True): 7, (180, True): 6, (270, True): 5,
}  # fmt: skip


def parse(kind: str, place: str) -> Address:
    """The address of a sensor number; sensor 0 if it is left out.

    Raises:
        InputError: it is not a number.
    """
    if not (place or "0").isdigit():
        raise InputError(f"'{kind}:{place}' needs a sensor number, for example csi:0")
    return Address(kind, place)


def open_address(address: Address) -> Capture:
    """Opens a CSI camera.

    Raises:
        InputError: this OpenCV has no GStreamer, or no camera answers.
    """
    if not cv2.videoio_registry.hasBackend(cv2.CAP_GSTREAMER):
        raise InputError(
            "this OpenCV has no GStreamer, which a CSI camera needs: "
            "use the OpenCV that JetPack installs, or a USB camera"
        )
    sensor = int(address.place or 0)
    handle = cv2.VideoCapture(csi_pipeline(sensor, address.orientation), cv2.CAP_GSTREAMER)
    return OpenCvCapture(handle, f"no CSI camera at sensor {sensor}")


def csi_pipeline(sensor: int, orientation: Orientation = UPRIGHT) -> str:
    """GStreamer pipeline of a Jetson's camera; the sink keeps the newest picture only."""
    width, height = SIZE_PX
    flip = FLIP_METHODS[orientation.rotate_deg, orientation.mirror]
    return (
        f"nvarguscamerasrc sensor-id={sensor} ! "
        f"video/x-raw(memory:NVMM),width={width},height={height},framerate={FPS}/1 ! "
        f"nvvidconv flip-method={flip} ! video/x-raw,format=BGRx ! "
        "videoconvert ! video/x-raw,format=BGR ! "
        "appsink max-buffers=1 drop=true sync=false"
    )
