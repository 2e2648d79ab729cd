"""One way to open every kind of camera: an address in, something that can be read out.

usb:                        the first camera that is there
usb:/dev/v4l/by-id/NAME     this camera, whatever port it is plugged into
csi:  csi:1                 a Jetson's own camera, by its sensor number
rtsp://…                    a network camera
file:CLIP  file:CLIP?once   a clip at its own speed, over and over or one time
images:FOLDER               pictures in order of name, five a second, over and over
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Protocol

import cv2
import numpy as np

from edge_app.errors import InputError

SIZE_PX = (1280, 720)
FPS = 30
PICTURES_PER_S = 5.0
BY_ID = Path("/dev/v4l/by-id")
KINDS = ("usb", "csi", "rtsp", "rtsps", "file", "images")
OPEN_TIMEOUT_MS, READ_TIMEOUT_MS = 5000, 2000
# V4L2's select waits ten seconds by default, five times what a class should wait for a message.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")


class Capture(Protocol):
    """What a reader thread reads from."""

    live: bool  # pictures of a moving world: the same picture for seconds means a frozen camera
    step_s: float  # above 0: the time between pictures, none of which may be dropped

    def read(self) -> np.ndarray | None:
        """The next picture, BGR, when it is due; None when there is none any more."""

    def close(self) -> None:
        """Lets go of the device or file."""


@dataclass(frozen=True)
class Address:
    """A camera's address, taken apart. `place` is a device, a number, a URL or a path."""

    kind: str
    place: str
    mode: str = ""  # of a clip: "", "once" or "every"


def parse_address(text: str) -> Address:
    """Takes an address apart without opening anything.

    Raises:
        InputError: no such kind of camera, or the place is missing.
    """
    kind, colon, place = text.strip().partition(":")
    if not colon or kind not in KINDS:
        known = ", ".join(f"{k}:" for k in KINDS)
        raise InputError(f"'{text}' is no camera: an address begins with one of {known}")
    if kind.startswith("rtsp"):
        return Address(kind, text.strip())
    path, _, mode = place.rpartition("?")
    if kind == "file" and path and mode in ("once", "every"):
        return Address(kind, path, mode)
    if kind in ("file", "images") and not place:
        raise InputError(f"'{text}' names no {'clip' if kind == 'file' else 'folder'}")
    if kind == "csi" and not (place or "0").isdigit():
        raise InputError(f"'{text}' is no sensor number")
    return Address(kind, place)


def open_capture(address: Address) -> Capture:
    """Opens what an address names.

    Raises:
        InputError: it is not there, or cannot be read, or this OpenCV cannot read that kind.
    """
    if address.kind == "usb":
        return _open_usb(address.place)
    if address.kind == "csi":
        return _open_csi(int(address.place or 0))
    if address.kind == "file":
        return ClipCapture(Path(address.place), address.mode)
    if address.kind == "images":
        return PictureCapture(Path(address.place))
    timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_TIMEOUT_MS]
    timeouts += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_TIMEOUT_MS]
    handle = cv2.VideoCapture(address.place, cv2.CAP_FFMPEG, timeouts)
    return DeviceCapture(_opened(handle, f"no picture comes from {_no_password(address.place)}"))


def usb_cameras() -> list[str]:
    """Addresses of the USB cameras that are plugged in, by names that survive another port."""
    return [f"usb:{path}" for path in sorted(BY_ID.glob("*-video-index0"))]


def _open_usb(place: str) -> DeviceCapture:
    device = place or next(iter(usb_cameras()), "usb:/dev/video0")[len("usb:") :]
    if not Path(device).exists():
        raise InputError(f"no USB camera at {device}")
    handle = cv2.VideoCapture(device, cv2.CAP_V4L2)
    # MJPG must be asked for before the size: raw pictures of that size do not fit through USB 2
    # at 30 a second, and the driver would silently choose a slower rate.
    handle.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    handle.set(cv2.CAP_PROP_FRAME_WIDTH, SIZE_PX[0])
    handle.set(cv2.CAP_PROP_FRAME_HEIGHT, SIZE_PX[1])
    handle.set(cv2.CAP_PROP_FPS, FPS)
    handle.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return DeviceCapture(_opened(handle, f"the camera {device} cannot be read, or is in use"))


def csi_pipeline(sensor: int) -> str:
    """GStreamer's words for a Jetson's camera; the sink keeps one picture and drops the rest."""
    width, height = SIZE_PX
    return (
        f"nvarguscamerasrc sensor-id={sensor} ! "
        f"video/x-raw(memory:NVMM),width={width},height={height},framerate={FPS}/1 ! "
        "nvvidconv ! video/x-raw,format=BGRx ! videoconvert ! video/x-raw,format=BGR ! "
        "appsink max-buffers=1 drop=true sync=false"
    )


def _open_csi(sensor: int) -> DeviceCapture:
    if not cv2.videoio_registry.hasBackend(cv2.CAP_GSTREAMER):
        raise InputError(
            "this OpenCV has no GStreamer, which a CSI camera needs: "
            "use the OpenCV that JetPack installs, or a USB camera"
        )
    handle = cv2.VideoCapture(csi_pipeline(sensor), cv2.CAP_GSTREAMER)
    return DeviceCapture(_opened(handle, f"no CSI camera answers as sensor {sensor}"))


def _opened(handle: cv2.VideoCapture, otherwise: str) -> cv2.VideoCapture:
    if not handle.isOpened():
        handle.release()
        raise InputError(otherwise)
    return handle


def _no_password(url: str) -> str:
    """A URL as it may be shown: what stands before the @ is left out."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


class DeviceCapture:
    """A camera that gives pictures at its own pace; `read` waits for the next."""

    live, step_s = True, 0.0

    def __init__(self, handle: cv2.VideoCapture) -> None:
        self._handle = handle

    def read(self) -> np.ndarray | None:
        ok, image = self._handle.read()
        return image if ok else None

    def close(self) -> None:
        self._handle.release()


class Pace:
    """Waits until a picture is due, so that a clip runs at its own speed."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._begun_s = clock()

    def wait(self, due_s: float) -> None:
        """Until `due_s` seconds after the beginning; a reader that is late does not hurry."""
        ahead_s = self._begun_s + due_s - self._clock()
        if ahead_s > 0:
            self._sleep(ahead_s)
        elif ahead_s < -1.0:  # the machine slept: do not play the missed seconds all at once
            self._begun_s -= ahead_s


class ClipCapture:
    """A video file played at its own speed, or with `mode` "every" at its reader's."""

    live = False

    def __init__(self, path: Path, mode: str = "", pace: Pace | None = None) -> None:
        if not path.is_file():
            raise InputError(f"there is no file {path}")
        self._handle = _opened(
            cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), f"{path} is not a video that can be read"
        )
        fps = self._handle.get(cv2.CAP_PROP_FPS)
        self._period_s = 1 / (fps if 1 <= fps <= 240 else 25.0)
        self.step_s = self._period_s if mode == "every" else 0.0
        self._mode, self._shown, self._pace = mode, 0, pace or Pace()

    def read(self) -> np.ndarray | None:
        ok, image = self._handle.read()
        if not ok and not self._mode:
            self._handle.set(cv2.CAP_PROP_POS_FRAMES, 0)
            ok, image = self._handle.read()
        if not ok:
            return None
        if not self.step_s:
            self._pace.wait(self._shown * self._period_s)
        self._shown += 1
        return image

    def close(self) -> None:
        self._handle.release()


class PictureCapture:
    """The pictures of a folder in order of name, over and over."""

    live, step_s = False, 0.0

    def __init__(self, folder: Path, pace: Pace | None = None) -> None:
        kinds = (".jpg", ".jpeg", ".png")
        there = folder.is_dir()
        self._paths = (
            sorted(p for p in folder.iterdir() if p.suffix.lower() in kinds) if there else []
        )
        if not self._paths:
            raise InputError(f"there are no pictures in {folder}")
        self._shown, self._pace = 0, pace or Pace()

    def read(self) -> np.ndarray | None:
        image = cv2.imread(str(self._paths[self._shown % len(self._paths)]))
        self._pace.wait(self._shown / PICTURES_PER_S)
        self._shown += 1
        return image

    def close(self) -> None:
        """Nothing is held open."""
