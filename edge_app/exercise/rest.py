"""What the parameters were before a repetition began, so that their change can be judged.

A camera that stands low, tilted or oblique shows the same shoulders at another height. What it does
not change is how far they have come up since they lay on the mat. Of the last few repetitions the
one that began lowest says where rest is: after one that did not go all the way back, the next
begins too high.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from edge_app.exercise.parameters import CHANGES, Follower

JUST_S = 0.3  # over this long the values before a start are averaged
REMEMBERED = 5


class Start(NamedTuple):
    """The moment before a repetition: its progress and the parameters whose change is judged."""

    progress: float
    values: dict[str, float]


class RestValues:
    """Feed it every pose; it adds the changes to the parameters."""

    def __init__(self) -> None:
        self._starts: deque[Start] = deque(maxlen=REMEMBERED)
        self._progress = Follower(JUST_S, JUST_S)
        self._values = {name: Follower(JUST_S, JUST_S) for name in CHANGES.values()}
        self._moving = False

    def add(self, t_s: float, progress: float, moving: bool, parameters: dict[str, float]) -> None:
        """Writes the `CHANGES` into `parameters`; NaN as long as no start is known."""
        if moving and not self._moving and not math.isnan(self._progress.value):
            self._starts.append(Start(self._progress.value, self._now()))
        self._moving = moving
        if not moving:
            self._progress.update(progress, t_s)
            for name, follower in self._values.items():
                if not math.isnan(parameters[name]):
                    follower.update(parameters[name], t_s)
        lowest = min(self._starts, key=lambda start: start.progress).values if self._starts else {}
        for change, name in CHANGES.items():
            parameters[change] = parameters[name] - lowest.get(name, math.nan)

    def forget(self) -> None:
        """The last start was that of no repetition."""
        if self._starts:
            self._starts.pop()

    def _now(self) -> dict[str, float]:
        return {name: follower.value for name, follower in self._values.items()}
