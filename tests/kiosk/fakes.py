"""A kiosk without a network and without a camera: poses come from a stick figure."""

from __future__ import annotations

import threading
import time
import uuid
from pathlib import Path
from typing import Any, Callable, Iterator

import numpy as np

from edge_app.camera.contract import Shot
from edge_app.device.clock_sources import ClockSources
from edge_app.errors import InputError
from edge_app.kiosk.choices import Choices
from edge_app.kiosk.kiosk import Kiosk, assemble
from edge_app.ledger.ledger import Ledger
from edge_app.settings import Settings
from edge_app.values import Frame, Pose
from tests.exercise.stick_figure import movement, push_up

NOISE = np.random.default_rng(0).integers(0, 255, (20, 90, 160, 3), np.uint8)
STEP_S = 1 / 30
OURS = {"X-Reps": "1"}  # the header of our own pages
ROSTER = "StudentID,StudentFirstName,StudentLastName,ClassName\n1,Ada,Adams,7B\n2,Bo,Brown,7B\n"


class FakeCamera:
    """Gives noise, by its own clock or as fast as it is taken, until it is unplugged.

    Attributes:
        plugged: clear it and the camera is gone; set it and it can be opened again.
        live: 30 pictures a second as the clock says.
    """

    def __init__(self, live: bool = False) -> None:
        self.plugged = threading.Event()
        self.plugged.set()
        self.live = live

    def open(self) -> FakeCapture:
        if not self.plugged.is_set():
            raise InputError("no USB camera at /dev/video0")
        return FakeCapture(self)


class FakeCapture:
    """What `FakeCamera` opens."""

    live = True

    def __init__(self, camera: FakeCamera) -> None:
        self._camera, self._count = camera, 0
        self.every = not camera.live

    def read(self) -> Shot | None:
        if self._camera.live:
            time.sleep(STEP_S)
        self._count += 1
        if not self._camera.plugged.is_set():
            return None
        t_s = None if self._camera.live else self._count * STEP_S
        return Shot(NOISE[self._count % len(NOISE)], t_s)

    def close(self) -> None:
        """Nothing is held."""


class FakeEstimator:
    """A student who does push-ups without end, one every two and a half seconds."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(("preprocess", "network", "decode", "track", "smooth"), 0.0)
        self.frames = 0

    def __call__(self, frame: Frame) -> Pose:
        self.frames += 1
        time.sleep(0.002)
        pose = push_up(movement(frame.t_s % 1000 + 2.5, 1000), frame.t_s)
        return Pose((pose.xy / 8).astype(np.float32), pose.score, frame.t_s)


def fake_kiosk(
    folder: Path,
    camera: FakeCamera,
    patch: Callable[..., None],
    clocks: ClockSources | None = None,
    **chosen: Any,
) -> Kiosk:
    """A whole kiosk on a real ledger; `patch` is monkeypatch.setattr, `chosen` some `Choices`."""
    patch("edge_app.kiosk.counting_loop.open_capture", lambda address: camera.open())
    names = ("Gym-1.school.lan",)
    settings = Settings(data=str(folder), camera="usb:", picture_width_px=160, names=names)
    choices = Choices(camera="usb:", exercise="push-up", countdown_s=0.0, arm=False, **chosen)
    ledger = Ledger(settings.ledger_url, "test", clocks)
    return assemble(settings, choices, ledger, lambda exercise, zone: FakeEstimator(), "fake")  # type: ignore[arg-type, return-value]


def opened(folder: Path, camera: FakeCamera, patch: Callable[..., None]) -> Iterator[Kiosk]:
    """For fixtures: a kiosk that is closed afterwards."""
    kiosk = fake_kiosk(folder, camera, patch)
    try:
        yield kiosk
    finally:
        kiosk.close()


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Waits for something that happens in another thread."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def shown(kiosk: Kiosk) -> dict[str, Any]:
    """The first mat as a page shows it."""
    mat: dict[str, Any] = kiosk.page_state.snapshot()["mats"][0]
    return mat


def attempt(kiosk: Kiosk, count: int = 1) -> uuid.UUID:
    """One from start to stop."""
    kiosk.loop.command("start")
    assert until(lambda: shown(kiosk)["phase"] == "running" and shown(kiosk)["count"] >= count)
    kiosk.loop.command("stop")
    assert until(lambda: shown(kiosk)["phase"] == "finished")
    return uuid.UUID(shown(kiosk)["attempt"])
