"""The parameters before a repetition began, so that their change can be judged.

A limb of two parts of equal length with the angle a between them spans 2 sin(a / 2) such lengths.
The distance of its ends, relative to that of the straight limb, therefore gives the angle. That in
the picture itself is wrong by up to 90° where the limb's plane is seen edge-on.

A camera that is low, tilted or oblique shows the same shoulders at another height. It does not
change how far they have come up since they lay on the mat. Of the last few repetitions, the one
that began lowest defines rest: after one that did not go all the way back, the next begins too
high.
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
    """The state before a repetition: its progress and the parameters whose change is judged."""

    progress: float
    values: dict[str, float]


class Baseline:
    """Adds to the parameters of every pose their changes since rest."""

    def __init__(self) -> None:
        self._rests: deque[RestSample] = deque(maxlen=REMEMBERED)
        self._progress = EnvelopeFollower(JUST_S, JUST_S)
        followed = (*CHANGES.values(), *BENDS.values())
        self._values = {name: EnvelopeFollower(JUST_S, JUST_S) for name in followed}
        self._moving = False

    def add(self, t_s: float, progress: float, moving: bool, parameters: dict[str, float]) -> None:
        """Writes `CHANGES` and `BENDS` into `parameters`; NaN before the first repetition."""
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
        """Drops the last sample: the movement after it was not a repetition."""
        if self._rests:
            self._rests.pop()

    def _now(self) -> dict[str, float]:
        return {name: follower.value for name, follower in self._values.items()}


def bend_deg(span: float, straight: float) -> float:
    """The angle between the two halves of a limb whose ends are `span` apart.

    Args:
        span, straight: distance of the ends now, and with the limb straight; in the same unit.

    Returns:
        Degrees, 180 for straight; NaN if either is unknown.
    """
    if math.isnan(span) or not straight > 0:
        return math.nan
    return math.degrees(2 * math.asin(min(1.0, span / straight)))
