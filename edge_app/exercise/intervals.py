"""From a one-dimensional signal to raw intervals: two thresholds on the person's own range.

Progress is about 0 at rest and 1 at the extreme, but no one rests at exactly 0: the rest level and
the usual range are learnt from the person while they move.

    progress
      1 |          __            __
        |        /    \\        /    \\        reached = rest + extreme_fraction * usual range
        |-------/------\\------/------\\-----  (at least rest + min_range)
        |------/--------\\----/--------\\---  returned = rest + rest_fraction * this rise
      0 |_____/          \\__/          \\__
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median

from edge_app.exercise.definition import Limits
from edge_app.exercise.parameters import Follower
from edge_app.exercise.rep import Interval, Thresholds

# Longer without a value and the repetition is given up: half a second, and what the median filter
# adds because its times lag by half its window only while the window is full.
BRIDGED_GAP_S = 0.6
EDGE_FRACTION = 0.1  # of the usual range: below this above rest nobody has started yet
PARTIAL_RETURN = 0.4  # of the rise: so much lowering is a return that stopped half-way
REMEMBERED = 5  # repetitions that make the usual range
# Mean deviation from the median to the highest rise that noise alone makes in a minute.
NOISE_TO_RISE = 13.0


class MedianFilter:
    """Median of the samples of a short time window; the result belongs to the window's middle.

    One frame with swapped or misplaced joints does not get through, and because the time comes with
    the value nothing is late by an unknown amount.
    """

    def __init__(self, window_s: float = 0.17) -> None:
        self._window_s = window_s
        self._samples: deque[tuple[float, float]] = deque(maxlen=16)
        self._deviation = Follower(up_s=3.0, down_s=3.0)

    def update(self, t_s: float, value: float) -> tuple[float, float]:
        self._samples.append((t_s, value))
        while t_s - self._samples[0][0] > self._window_s:
            self._samples.popleft()
        middle = median(v for _, v in self._samples)
        if len(self._samples) > 2:
            # On a smooth rise the middle sample is the median, so movement is not taken for noise.
            deviation = abs(self._samples[len(self._samples) // 2][1] - middle)
            self._deviation.update(deviation, t_s)
        return (self._samples[0][0] + self._samples[-1][0]) / 2, middle

    @property
    def noise_rise(self) -> float:
        """The rise of the result that noise alone may cause; 0 as long as nothing is known."""
        return NOISE_TO_RISE * (self._deviation.value if self._deviation.value > 0 else 0.0)


def crossing_s(t0_s: float, v0: float, t1_s: float, v1: float, level: float) -> float:
    """When the line from (t0, v0) to (t1, v1) crosses `level`; makes times independent of fps."""
    if v0 == v1:
        return t1_s
    return t0_s + (t1_s - t0_s) * min(1.0, max(0.0, (level - v0) / (v1 - v0)))


class Segmenter:
    """Hysteresis over the progress signal; feed it every frame, NaN where there is no value.

    `phase` is "unknown" (waiting to see the person at rest), "rest", "moving" (left rest, extreme
    not reached) or "extreme" (reached, not yet back).
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._amplitudes: deque[float] = deque(maxlen=REMEMBERED)
        self._rest = Follower(up_s=4.0, down_s=0.1)
        self._last: tuple[float, float] | None = None
        self._partial_valleys: deque[float] = deque(maxlen=2)
        self.phase = "unknown"
        self.noise_rise = 0.0  # set from outside: a smaller rise may be noise and opens nothing
        self.left_rest_s = math.nan  # when the current movement left the rest level
        self._peak_s = self._valley_s = math.nan
        self._peak = self._valley = -math.inf
        self._lowest = math.inf  # since the person came to rest

    @property
    def usual_range(self) -> float | None:
        """Median amplitude of the last repetitions; None before the first."""
        return median(self._amplitudes) if self._amplitudes else None

    @property
    def thresholds(self) -> Thresholds:
        rest, usual = self._rest.value, self.usual_range or 0.0
        # Noise decides only until the person's own range is known, which guards better.
        own = self._limits.extreme_fraction * usual if usual else self.noise_rise
        rise = max(self._limits.min_range, own)
        reached = max(rest + rise, self._limits.min_extreme)
        top = self._peak if self.phase in ("moving", "extreme") else rest + max(usual, rise)
        return Thresholds(rest, rest + self._limits.rest_fraction * (top - rest), reached)

    @property
    def edge(self) -> float:
        """The level a movement starts and ends at, just above rest."""
        return self._rest.value + EDGE_FRACTION * (self.usual_range or 2 * self._limits.min_range)

    @property
    def peak(self) -> float:
        return self._peak

    def update(self, t_s: float, value: float) -> Interval | None:
        """One sample. Returns an interval at the moment the signal is back below `returned`."""
        if math.isnan(value):
            return None
        if self._last is None or t_s - self._last[0] > BRIDGED_GAP_S:
            self._lose(t_s, value)
        last = self._last or (t_s, value)
        self._last = (t_s, value)
        if self.phase in ("unknown", "rest"):
            self._follow_rest(t_s, value, last)
            return None
        return self._follow_movement(t_s, value, last)

    def reopen(self, interval: Interval) -> None:
        """Takes back the end of `interval`: it was a dip in a movement that goes on."""
        self._amplitudes.pop()
        self.phase = "extreme"
        self.left_rest_s = interval.start_s
        self._peak, self._peak_s = interval.peak, interval.extreme_s
        self._valley = math.inf

    def _lose(self, t_s: float, value: float) -> None:
        self.phase = "unknown"
        self._last = None
        if math.isnan(self._rest.value):
            self._rest.update(value, t_s)
        self._rest.touch(t_s)

    def _follow_rest(self, t_s: float, value: float, last: tuple[float, float]) -> None:
        rest = self._rest.update(value, t_s)
        if self.phase == "unknown":
            self._peak = value
            if value > self.thresholds.returned:
                return
            self.phase, self._lowest = "rest", value
        edge = self.edge
        if value <= max(edge, self._lowest):
            self.left_rest_s = t_s
        elif last[1] <= edge:
            self.left_rest_s = crossing_s(*last, t_s, value, edge)
        self._lowest = min(self._lowest, value)
        opening = rest + 0.5 * (self.thresholds.reached - rest)
        # Straight after a repetition the signal is still above `opening`: wait for a rise.
        if value > max(opening, self._lowest + EDGE_FRACTION * (self.usual_range or 0.0)):
            self.phase = "moving"
            self._peak, self._peak_s, self._valley = value, t_s, math.inf

    def _follow_movement(
        self, t_s: float, value: float, last: tuple[float, float]
    ) -> Interval | None:
        if value > self._peak:
            self._peak, self._peak_s, self._valley = value, t_s, math.inf
        else:
            self._notice_partial_return(t_s, value)
        if value >= self.thresholds.reached:
            self.phase = "extreme"
        returned = self.thresholds.returned
        if value > returned:
            self._lose_patience(t_s, value)
            return None
        rest, complete = self._rest.value, self.phase == "extreme"
        start_s = self.left_rest_s
        self.phase, self._lowest, self.left_rest_s = "rest", value, t_s
        self._rest.touch(t_s)
        self._partial_valleys.clear()
        if complete:
            self._amplitudes.append(self._peak - rest)
        end_s = crossing_s(*last, t_s, value, returned)
        return Interval(start_s, self._peak_s, end_s, rest, self._peak, complete)

    def _lose_patience(self, t_s: float, value: float) -> None:
        """Ends a movement that leads nowhere, so that a new posture becomes the new rest."""
        away_s = t_s - self.left_rest_s
        if self.phase == "moving" and away_s > self._limits.max_phase_s:
            self.phase, self._lowest, self.left_rest_s = "rest", value, t_s
            self._rest.touch(t_s)
        elif away_s > 2 * self._limits.max_phase_s:
            self.phase = "unknown"
            self._rest.touch(t_s)

    def _notice_partial_return(self, t_s: float, value: float) -> None:
        """Raises the rest level of a person who has twice turned round half-way down."""
        rise = self._peak - self._rest.value
        if value < self._valley:
            self._valley, self._valley_s = value, t_s
        turned = value > self._valley + 0.25 * rise
        if not turned or self._peak - self._valley < PARTIAL_RETURN * rise:
            return
        self._partial_valleys.append(self._valley)
        self._peak, self._peak_s = value, t_s
        if len(self._partial_valleys) == 2:
            self._rest.value = max(self._partial_valleys)
            self._partial_valleys.clear()
            self.left_rest_s = self._valley_s
        self._valley = math.inf
