"""A device whose clock jumps and restarts, beside the time that a right clock would show."""

from __future__ import annotations

import uuid

from edge_app.device.clock import BUILT_S, Moment
from edge_app.device.clock_sources import ClockSources

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86400.0


class ShakyClock:
    """What happens to the clock of a device.

    Attributes:
        true_s: the right time, in seconds since 1970.
        error_s: of the wall clock.
        network: a time server sets the clock.
        boot: this start of the device.
        boot_true_s: when that was.
    """

    def __init__(self) -> None:
        self.true_s = BUILT_S + 30 * DAY_S
        self.error_s = 0.0
        self.network = False
        self.boot, self.boot_true_s = str(uuid.uuid4()), self.true_s

    def sources(self) -> ClockSources:
        """For a program that starts now."""
        return ClockSources(self.boot, self.moment, lambda: self.network, lambda: None)

    def moment(self) -> Moment:
        return Moment(max(0.0, self.true_s + self.error_s), self.true_s - self.boot_true_s)

    def reboot(self, wall_s: float) -> None:
        """The device starts with this time on its clock, a minute after it lost power."""
        self.true_s += MINUTE_S
        self.boot, self.boot_true_s = str(uuid.uuid4()), self.true_s
        self.set(wall_s)

    def set(self, wall_s: float) -> None:
        """Somebody sets the clock; the kernel no longer calls it synchronised."""
        self.error_s, self.network = max(0.0, wall_s) - self.true_s, False

    def synchronise(self) -> None:
        self.error_s, self.network = 0.0, True
