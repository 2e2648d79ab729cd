"""What the parameters were before a repetition began, so that their change can be judged.

A limb of two parts of one length with the angle a between them spans 2 sin(a / 2) such lengths. How
far its ends are apart, against how far they were when it was straight, therefore gives the angle
without the picture's own, which is wrong by up to 90° where the limb's plane is seen from its edge.

A camera that stands low, tilted or oblique shows the same shoulders at another height. What it does
not change is how far they have come up since they lay on the mat. Of the last few repetitions the
one that began lowest says where rest is: after one that did not go all the way back, the next
begins too high.
"""

from __future__ import annotations

import math
from collections import deque
from typing import NamedTuple

from edge_app.envelope import EnvelopeFollower
from edge_app.exercise.parameters import BENDS, CHANGES

JUST_S = 0.3  # time constant with which the values before a repetition are averaged
REMEMBERED = 5


class RestSample(NamedTuple):
    """The moment before a repetition: its progress and the parameters whose change is judged."""

    progress: float
    values: dict[str, float]


class Baseline:
    """Feed it every pose; it adds the changes to the parameters."""

    def __init__(self) -> None:
        self._rests: deque[RestSample] = deque(maxlen=REMEMBERED)
        self._progress = EnvelopeFollower(JUST_S, JUST_S)
        followed = (*CHANGES.values(), *BENDS.values())
        self._values = {name: EnvelopeFollower(JUST_S, JUST_S) for name in followed}
        self._moving = False

    def add(self, t_s: float, progress: float, moving: bool, parameters: dict[str, float]) -> None:
        """Writes `CHANGES` and `BENDS` into `parameters`; NaN as long as nobody has begun."""
        if moving and not self._moving and not math.isnan(self._progress.value):
            self._rests.append(RestSample(self._progress.value, self._now()))
        self._moving = moving
        if not moving:
            self._progress.update(progress, t_s)
            for name, follower in self._values.items():
                if not math.isnan(parameters[name]):
                    follower.update(parameters[name], t_s)
        lowest = min(self._rests, key=lambda rest: rest.progress).values if self._rests else {}
        for change, name in CHANGES.items():
            parameters[change] = parameters[name] - lowest.get(name, math.nan)
        for bend, name in BENDS.items():
            parameters[bend] = bend_deg(parameters[name], lowest.get(name, math.nan))

    def forget(self) -> None:
        """The last sample was taken before something that was no repetition."""
        if self._rests:
            self._rests.pop()

    def _now(self) -> dict[str, float]:
        return {name: follower.value for name, follower in self._values.items()}


def bend_deg(span: float, straight: float) -> float:
    """The angle between the two halves of a limb whose ends are `span` apart.

    Args:
        span, straight: now, and with the limb straight; any unit, the same for both.

    Returns:
        180 for straight, NaN where either is unknown.
    """
    if math.isnan(span) or not straight > 0:
        return math.nan
    return math.degrees(2 * math.asin(min(1.0, span / straight)))
