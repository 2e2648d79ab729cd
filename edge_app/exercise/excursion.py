"""One excursion from rest to a peak and back, while it is in progress."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class Excursion:
    """The current excursion from rest; its peak stays known until the next one begins."""

    left_rest_s: float = math.nan
    peak: float = -math.inf
    peak_s: float = math.nan
    valley: float = math.inf  # the lowest value since the peak
    valley_s: float = math.nan

    def rise_to(self, t_s: float, value: float) -> None:
        """Sets a new peak."""
        self.peak, self.peak_s, self.valley = value, t_s, math.inf

    def follow(self, t_s: float, value: float) -> None:
        """Updates the peak and the valley after it."""
        if value > self.peak:
            self.rise_to(t_s, value)
        elif value < self.valley:
            self.valley, self.valley_s = value, t_s


def crossing_s(t0_s: float, v0: float, t1_s: float, v1: float, level: float) -> float:
    """Time at which the line from (t0, v0) to (t1, v1) crosses `level`, independent of fps."""
    if v0 == v1:
        return t1_s
    return t0_s + (t1_s - t0_s) * min(1.0, max(0.0, (level - v0) / (v1 - v0)))
