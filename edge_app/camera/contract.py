"""What every camera offers: pictures one after the other, each with its own time if it has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np


@dataclass(frozen=True)
class Address:
    """A camera's address, taken apart. `place` is a device, a number, a URL or a path."""

    kind: str
    place: str
    mode: str = ""  # of a clip: "", "once" or "every"


class Shot(NamedTuple):
    """A picture as it leaves the camera: (h, w, 3) uint8, BGR.

    `t_s` is its own time, counted from any beginning; None: the moment it arrives is its time.
    """

    image: np.ndarray
    t_s: float | None = None


class Capture(Protocol):
    """What a reader thread reads from.

    Attributes:
        live: pictures of a moving world: the same picture for seconds means a frozen camera.
        every: no picture may be dropped; the reader waits until each is taken.
    """

    live: bool
    every: bool

    def read(self) -> Shot | None:
        """The next picture when it is due; None when there is none any more."""

    def close(self) -> None:
        """Lets go of the device or file."""
