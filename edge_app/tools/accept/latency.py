"""Step `latency`: from a picture's arrival to its pose, and to the page, with a real camera."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any, Mapping, NamedTuple, Sequence

from edge_app.camera.address import open_capture, parse_address, shown
from edge_app.camera.contract import Address
from edge_app.camera.live import CameraHealth, LiveCamera
from edge_app.camera.usb import usb_cameras
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import Stepper
from edge_app.runtime.contract import Backend
from edge_app.tools.accept.networks import close, fastest
from edge_app.tools.accept.page import Page
from edge_app.tools.accept.rig import Failed, Found, Rig, Skipped
from edge_app.tools.bench.contenders import percentiles_ms

LONGEST_S = 60.0
FIRST_PICTURE_S = 15.0  # a camera may take as long to open
PATIENCE_S = 0.1
WARM_UP = 10  # pictures before the first that counts


def camera_of(rig: Rig) -> Address:
    """The camera to measure.

    Raises:
        Skipped: none is given, and no USB camera is connected.
    """
    there = [rig.camera] if rig.camera else usb_cameras()
    if not there:
        raise Skipped("no USB camera is connected: connect one, or give --camera")
    return parse_address(there[0])


def latency(rig: Rig, found: Found) -> str:
    """Counts in front of the camera for a minute; fails if the camera does."""
    address = camera_of(rig)
    way, backend = fastest(rig)
    named = address.place if "://" in address.place else f"{address.kind}:{address.place}"
    found.update(camera=shown(named), way=way.name)
    live = LiveCamera(lambda: open_capture(address))
    page = Page(live.look)
    try:
        _watch(rig, found, live, page, backend)
    finally:
        page.close()
        live.close()
        close(backend)
    pose, page_ms = found["pose_ms"], found.get("page_ms", {}).get("p50", float("nan"))
    return (
        f"{found['camera']}: pose after {pose['p50']:.0f} / {pose['p95']:.0f} / {pose['p99']:.0f} "
        f"ms (p50 / p95 / p99), at the page after {page_ms:.0f} ms, "
        f"{found['camera_fps']:.1f} pictures a second"
    )


class Taken(NamedTuple):
    """A picture that was counted; times by `time.monotonic`."""

    number: int  # the frame's index
    arrived_s: float
    posed_s: float


def _watch(rig: Rig, found: Found, live: LiveCamera, page: Page, backend: Backend) -> None:
    """Fills in what is measured; what came before Ctrl-C is kept."""
    rules = rules_of(rig.samples[0].exercise)
    stepper = Stepper([rules.lane(rules.estimator(backend))])
    taken: list[Taken] = []
    ends_s = monotonic() + FIRST_PICTURE_S
    try:
        while monotonic() < ends_s and live.health().state != "ended":
            frame = live.newest(taken[-1].number if taken else -1, PATIENCE_S)
            if frame is None:
                continue
            if not taken:
                ends_s = monotonic() + min(LONGEST_S, rig.load_s)
            (update,) = stepper.step(frame)
            taken.append(Taken(frame.index, frame.t_s, monotonic()))
            page.show(frame, update.pose)
            found["picture"] = f"{frame.image.shape[1]}x{frame.image.shape[0]}"
    finally:
        sleep(PATIENCE_S)  # the last pose is on its way to the page
        found.update(_figures(live.health(), page, taken))
    health = live.health()
    if not taken:
        raise Failed(f"no picture from {found['camera']}: {health.message or health.state}")
    if health.state not in ("good", "ended"):
        raise Failed(f"{found['camera']} was {health.state} at the end: {health.message}")


def _figures(health: CameraHealth, page: Page, taken: Sequence[Taken]) -> dict[str, Any]:
    """Percentiles of what was taken, without the first pictures."""
    counted = taken[WARM_UP:] or taken
    times = {
        "pose_ms": [one.posed_s - one.arrived_s for one in counted],
        "page_ms": _until(page.poses_s, counted),
        "picture_ms": _until(page.pictures_s, counted),
    }
    return {
        "camera_fps": round(health.fps, 2),
        "counted": len(taken),
        "dropped": health.dropped,
        **{name: percentiles_ms(seconds) for name, seconds in times.items() if seconds},
    }


def _until(came_s: Mapping[int, float], taken: Sequence[Taken]) -> list[float]:
    """From a picture's arrival until something of it came, in seconds, of those of which it did."""
    return [came_s[one.number] - one.arrived_s for one in taken if one.number in came_s]
