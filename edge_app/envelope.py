"""The envelope follower: a first-order low pass whose time constant differs up and down."""

from __future__ import annotations

import math


class EnvelopeFollower:
    """A value that follows its input with separate time constants up and down.

    Attributes:
        up_s, down_s: time constants in seconds.
        value: NaN before the first input.
    """

    def __init__(self, up_s: float, down_s: float) -> None:
        self.up_s, self.down_s = up_s, down_s
        self.value = math.nan
        self._t_s = math.nan

    def update(self, value: float, t_s: float) -> float:
        if math.isnan(self.value):
            self.value = value
        else:
            tau_s = self.up_s if value > self.value else self.down_s
            self.value += (value - self.value) * -math.expm1(-max(0.0, t_s - self._t_s) / tau_s)
        self._t_s = t_s
        return self.value

    def touch(self, t_s: float) -> None:
        """Lets time pass without input: the value stays unchanged."""
        self._t_s = t_s
