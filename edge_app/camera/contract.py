"""The interface of every camera: pictures in order, each with its own time if it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from edge_app.camera.orientation import UPRIGHT, Orientation


@dataclass(frozen=True)
class Address:
    """A parsed camera address. `place` is a device, a number, a URL or a path."""

    kind: str
    place: str
    mode: str = ""  # of a clip: "", "once" or "every"
    orientation: Orientation = UPRIGHT  # of the camera as it is mounted


class Shot(NamedTuple):
    """A picture from the camera: (h, w, 3) uint8, BGR.

    `t_s` is its own time, from any origin; None: its arrival is its time.
    """

    image: np.ndarray
    t_s: float | None = None


class Capture(Protocol):
    """An open camera, read by a reader thread.

    Attributes:
        live: shows the real world: the same picture for seconds means a frozen camera.
        every: no picture may be dropped; the reader waits until each one is taken.
    """

    live: bool
    every: bool

    def read(self) -> Shot | None:
        """The next picture when it is due; None at the end."""

    def close(self) -> None:
        """Closes the device or file."""
