"""Step `camera`: the modes that a USB camera offers, and the rate that each really gives."""

from __future__ import annotations

import re
from time import perf_counter
from typing import Any, NamedTuple

import cv2

from edge_app.camera.usb import device_of
from edge_app.device.hardware import run_tool
from edge_app.errors import InputError
from edge_app.tools.accept.latency import camera_of
from edge_app.tools.accept.rig import Failed, Found, Rig, Skipped

SECONDS = 5.0  # of measuring a mode, at most
SETTLE = 5  # pictures that are not counted: exposure settles, and buffers are filled
WIDTHS_PX = range(640, 1921)  # modes that are measured; all are listed


class Mode(NamedTuple):
    """A mode of a camera: V4L2's name of the pixel format, size, highest rate."""

    fourcc: str
    width_px: int
    height_px: int
    fps: float

    @property
    def name(self) -> str:
        """As in MJPG 1280x720."""
        return f"{self.fourcc} {self.width_px}x{self.height_px}"


STANDARD = tuple(  # asked for where v4l2-ctl is not installed
    Mode(fourcc, width, height, 30.0)
    for fourcc in ("MJPG", "YUYV")
    for width, height in ((640, 480), (1280, 720), (1920, 1080))
)


def camera(rig: Rig, found: Found) -> str:
    """Measures every mode of a useful size; fails if none gives pictures."""
    address = camera_of(rig)
    if address.kind != "usb":
        raise Skipped(f"only USB cameras list modes, and this is {address.kind}:")
    device = device_of(address)
    offered = listed_modes(run_tool("v4l2-ctl", "--list-formats-ext", "-d", device) or "")
    found.update(
        device=device,
        offered=[f"{mode.name} {mode.fps:g}" for mode in offered],
        asked="what v4l2-ctl lists" if offered else "standard modes: v4l2-ctl says nothing",
        modes={},
    )
    for mode in offered or STANDARD:
        if mode.width_px in WIDTHS_PX:
            rig.note(f"camera: {mode.name}")
            try:
                found["modes"][mode.name] = measure(device, mode, min(SECONDS, rig.load_s))
            except InputError as exc:
                found["modes"][mode.name] = {"refused": str(exc)}
    rates = {name: one["fps"] for name, one in found["modes"].items() if "fps" in one}
    if not rates:
        raise Failed(f"no mode of {device} gives pictures")
    best = max(rates, key=lambda name: rates[name])
    return (
        f"{len(rates)} of {len(found['modes'])} modes work; {best} gives {rates[best]:.1f} a second"
    )


def listed_modes(listing: str) -> list[Mode]:
    """The modes in the output of `v4l2-ctl --list-formats-ext`, old or new; each size once."""
    best: dict[tuple[str, int, int], float] = {}
    fourcc, size = "", (0, 0)
    for line in listing.splitlines():
        if found := re.search(r"'(\w{4})'", line):
            fourcc = found.group(1)
        if found := re.search(r"Size: Discrete (\d+)x(\d+)", line):
            size = (int(found.group(1)), int(found.group(2)))
        if found := re.search(r"\(([\d.]+) fps\)", line):
            key = (fourcc, *size)
            best[key] = max(best.get(key, 0.0), float(found.group(1)))
    return [Mode(*key, fps) for key, fps in best.items()]


def measure(device: str, mode: Mode, seconds: float) -> dict[str, Any]:
    """Asks for a mode; what the camera gives instead is in the answer.

    Raises:
        InputError: it cannot be opened, or gives no picture.
    """
    handle = cv2.VideoCapture(device, cv2.CAP_V4L2)
    try:
        if not handle.isOpened():
            raise InputError(f"cannot open {device}: it may be in use")
        # The format first: a USB 2 port cannot carry large raw pictures at a high rate.
        handle.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*mode.fourcc))
        handle.set(cv2.CAP_PROP_FRAME_WIDTH, mode.width_px)
        handle.set(cv2.CAP_PROP_FRAME_HEIGHT, mode.height_px)
        handle.set(cv2.CAP_PROP_FPS, mode.fps)
        asked_s = perf_counter()
        for number in range(SETTLE):
            ok, image = handle.read()
            if not ok:
                raise InputError(f"no picture from {device} in {mode.name}")
            if number == 0:
                first_s = perf_counter()
        begun_s = now_s = perf_counter()
        count = 0
        while now_s - begun_s < seconds and handle.read()[0]:
            now_s = perf_counter()
            count += 1
        return {
            "promised_fps": mode.fps,
            "fps": round(count / (now_s - begun_s), 2) if count else 0.0,
            "given": f"{image.shape[1]}x{image.shape[0]}",
            "first_picture_ms": round(1e3 * (first_s - asked_s), 1),
        }
    finally:
        handle.release()
