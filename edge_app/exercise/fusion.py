"""One counting signal from several parameters, the calm ones counting more.

Every component is first brought to progress (0 at rest, 1 at the extreme). Three things happen on
real keypoints that a plain mean does not survive: a component jitters (the elbow angle seen from
the front), it vanishes for a while (a hidden knee), and the components of one body lie apart
because no body has the proportions of the exercise file. So each component has

* a weight that falls with its own jitter, measured over the last seconds;
* an offset, its mean distance to the signal, which is taken out before the mean. What comes and
  goes then leaves no step.
"""

from __future__ import annotations

import math

from edge_app.exercise.definition import Component
from edge_app.exercise.parameters import Follower

CALM = 0.05  # progress: jitter below this is no reason to count less
JITTER_S = 3.0
OFFSET_S = 3.0
STEP_S = 0.3  # frames further apart than this say nothing about jitter


class _Track:
    """What is remembered of one component."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self.jitter = Follower(JITTER_S, JITTER_S)
        self.offset = Follower(OFFSET_S, OFFSET_S)
        self._last: list[tuple[float, float]] = []

    def progress(self, parameters: dict[str, float]) -> float:
        c = self.component
        return (parameters[c.parameter] - c.rest) / (c.extreme - c.rest)

    @property
    def weight(self) -> float:
        jitter = 0.0 if math.isnan(self.jitter.value) else self.jitter.value
        return self.component.weight / (CALM**2 + jitter**2)

    def watch(self, t_s: float, value: float) -> None:
        """Jitter is the distance of a value from the line through its neighbours in time."""
        self._last = [*self._last[-1:], (t_s, value)] if self._joins(t_s) else [(t_s, value)]

    def _joins(self, t_s: float) -> bool:
        return bool(self._last) and t_s - self._last[-1][0] <= STEP_S

    def measure(self, t_s: float, value: float) -> None:
        if len(self._last) == 2 and self._joins(t_s):
            (t0, v0), (t1, v1) = self._last
            line = v0 + (value - v0) * (t1 - t0) / max(t_s - t0, 1e-6)
            self.jitter.update(abs(v1 - line), t_s)
        self.watch(t_s, value)


class Fusion:
    """The counting signal of an exercise, fed one frame's parameters at a time."""

    def __init__(self, components: tuple[Component, ...]) -> None:
        self._tracks = [_Track(c) for c in components]

    def update(self, t_s: float, parameters: dict[str, float]) -> float:
        """Progress of this frame; NaN if no component has a value."""
        present = [(track, track.progress(parameters)) for track in self._tracks]
        present = [(track, value) for track, value in present if not math.isnan(value)]
        total = weights = 0.0
        for track, value in present:
            track.measure(t_s, value)
            offset = 0.0 if math.isnan(track.offset.value) else track.offset.value
            total += track.weight * (value - offset)
            weights += track.weight
        if not weights:
            return math.nan
        progress = total / weights
        if len(present) > 1:
            for track, value in present:
                track.offset.update(value - progress, t_s)
        return progress
