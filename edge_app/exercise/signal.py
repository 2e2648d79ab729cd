"""One counting signal from several parameters, weighted by how steady they are.

Every component is first scaled to progress (0 at rest, 1 at the extreme). A component with poorly
visible joints jitters (the elbow angle from the front), so each one's weight falls with its own
jitter over the last seconds.
"""

from __future__ import annotations

import math

from edge_app.envelope import EnvelopeFollower
from edge_app.exercise.definition import Component

CALM = 0.05  # progress: jitter below this does not reduce the weight
JITTER_S = 3.0
STEP_S = 0.3  # frames further apart than this say nothing about jitter


class _ComponentJitter:
    """One component and its jitter."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self.jitter = EnvelopeFollower(JITTER_S, JITTER_S)
        self._last: list[tuple[float, float]] = []

    def progress(self, parameters: dict[str, float]) -> float:
        c = self.component
        return (parameters[c.parameter] - c.rest) / (c.extreme - c.rest)

    @property
    def weight(self) -> float:
        jitter = 0.0 if math.isnan(self.jitter.value) else self.jitter.value
        return self.component.weight / (CALM**2 + jitter**2)

    def watch(self, t_s: float, value: float) -> None:
        """Updates the jitter: the distance of a value from the line between its neighbours."""
        joined = bool(self._last) and t_s - self._last[-1][0] <= STEP_S
        if joined and len(self._last) == 2:
            (t0, v0), (t1, v1) = self._last
            line = v0 + (value - v0) * (t1 - t0) / max(t_s - t0, 1e-6)
            self.jitter.update(abs(v1 - line), t_s)
        self._last = [*self._last[-1:], (t_s, value)] if joined else [(t_s, value)]


class ProgressSignal:
    """The counting signal of an exercise, updated with each frame's parameters."""

    def __init__(self, components: tuple[Component, ...]) -> None:
        self._components = [_ComponentJitter(c) for c in components]

    def update(self, t_s: float, parameters: dict[str, float]) -> float:
        """Progress of this frame; NaN if no component has a value."""
        total = weights = 0.0
        for component in self._components:
            value = component.progress(parameters)
            if not math.isnan(value):
                component.watch(t_s, value)
                total += component.weight * value
                weights += component.weight
        return total / weights if weights else math.nan
