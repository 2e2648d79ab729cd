"""From a one-dimensional signal to raw intervals: two thresholds on the person's own range.

Progress is about 0 at rest and 1 at the extreme, but no one rests at exactly 0: both thresholds are
measured from where this person turned round last, in fractions of the person's own usual range.

    progress
      1 |          __            __
        |        /    \\        /    \\        reached = rest + extreme_fraction * usual range
        |-------/------\\------/------\\-----  (at least rest + min_range)
        |------/--------\\----/--------\\---  returned = peak - (1 - rest_fraction) * this rise
      0 |_____/          \\__/          \\__

A rise that is too large because it began at a misplaced keypoint would ask for a return that never
comes. Therefore a clear turn (down and up again by TURNED of the range) ends a repetition as well.
"""

from __future__ import annotations

import math
from collections import deque
from statistics import median, median_low

from edge_app.envelope import EnvelopeFollower
from edge_app.exercise.definition import Limits
from edge_app.exercise.rep import Interval, Thresholds

# Longer without a value and the repetition is given up: half a second, and what the median filter
# adds because its times lag by half its window only while the window is full.
BRIDGED_GAP_S = 0.6
BRIDGED_AT_EXTREME_S = 1.5
EDGE_FRACTION = 0.1  # of the usual range: below this above rest nobody has started yet
TURNED = 0.45  # of the usual range: down and up again by so much ends a repetition
TURN_OVER_NOISE = 1.0
TURNED_UNKNOWN = 0.3  # of this rise, as long as no usual range is known
# The largest rise that is believed, in usual ranges, and in progress as long as none is known: a
# larger one began at a wrong rest level, seen in somebody who was just getting into place.
MOST_USUAL, MOST_UNKNOWN = 1.5, 1.2
NEW_S = 0.5  # since the first value: what is measured may still be wrong joints
JUMP_PER_S = 10.0  # progress; the fastest repetitions have 5
REST_UP_S = 3.0  # how fast the rest level follows a person who settles higher
REMEMBERED = 5  # repetitions that make the usual range
TOO_SMALL_IN_A_ROW = 3  # so many small movements alike are this person's range from now on
# Mean deviation from the median to the highest rise that noise alone makes in a minute.
NOISE_TO_RISE = 6.0
NOISY_RISE = 0.18  # a rise that noise alone may make, above which the median looks further
WINDOW_S, NOISY_WINDOW_S = 0.17, 0.22


class MedianFilter:
    """Median of the samples of a short time window; the result belongs to the window's middle.

    One frame with swapped or misplaced joints does not get through, and because the time comes with
    the value nothing is late by an unknown amount.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=16)
        self._deviation = EnvelopeFollower(up_s=3.0, down_s=3.0)

    def update(self, t_s: float, value: float) -> tuple[float, float]:
        self._samples.append((t_s, value))
        # A longer window would swallow two movements a second: only a noisy signal gets it.
        noisy = self.noise_rise > NOISY_RISE
        while t_s - self._samples[0][0] > (NOISY_WINDOW_S if noisy else WINDOW_S):
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

    `phase` is "unknown" (no value yet, or none for too long), "rest", "moving" (left rest, extreme
    not reached) or "extreme" (reached, not yet back).
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._amplitudes: deque[float] = deque(maxlen=REMEMBERED)
        self._extremes_s: deque[float] = deque(maxlen=REMEMBERED)  # when each of them was
        self._small: deque[float] = deque(maxlen=TOO_SMALL_IN_A_ROW)
        self._rest = EnvelopeFollower(up_s=REST_UP_S, down_s=0.1)
        self._last: tuple[float, float] | None = None
        self.phase = "unknown"
        self.noise_rise = 0.0  # set from outside: a smaller rise may be noise and opens nothing
        self._first_s = math.nan  # when the signal began
        self.left_rest_s = math.nan  # when the current movement left the rest level
        self._peak_s = self._valley_s = math.nan
        self._peak, self._valley = -math.inf, math.inf
        self._lowest = math.inf  # since the person came to rest

    @property
    def usual_range(self) -> float | None:
        """Median amplitude of the last repetitions, the smaller of two; None before the first."""
        return median_low(self._amplitudes) if self._amplitudes else None

    @property
    def thresholds(self) -> Thresholds:
        rest, usual = self._rest.value, self.usual_range
        least = self._limits.min_range
        # Noise decides only until the person's own range is known, which guards better.
        own = self._limits.extreme_fraction * usual if usual else min(self.noise_rise, 2 * least)
        reached = max(rest + max(least, own), self._limits.min_extreme)
        top = (
            self._peak if self.phase in ("moving", "extreme") else max(reached, rest + (usual or 0))
        )
        rise = self.believed(top - rest)
        return Thresholds(rest, top - (1 - self._limits.rest_fraction) * rise, reached)

    def believed(self, rise: float) -> float:
        """A rise from rest as far as it can be one."""
        usual = self.usual_range
        return min(rise, MOST_USUAL * usual if usual else MOST_UNKNOWN)

    @property
    def edge(self) -> float:
        """The level a movement starts and ends at, just above rest."""
        return self._rest.value + EDGE_FRACTION * (self.usual_range or 2 * self._limits.min_range)

    @property
    def peak(self) -> float:
        return self._peak

    def update(self, t_s: float, value: float) -> Interval | None:
        """One sample. Returns an interval at the moment the return or the turn is certain."""
        if math.isnan(value):
            return None
        if self._last is None or not self._bridges(t_s - self._last[0], value):
            if math.isnan(self._first_s):
                self._first_s = t_s
            self._start_afresh(t_s, value)
        elif self._jumps(t_s, value, *self._last):
            self._start_afresh(t_s, value)
        last = self._last or (t_s, value)
        self._last = (t_s, value)
        if self.phase == "unknown":
            self._wait_for_rest(t_s, value)
            return None
        if self.phase == "rest":
            self._follow_rest(t_s, value, last)
            return None
        return self._follow_movement(t_s, value, last)

    def reopen(self, interval: Interval) -> None:
        """Takes back the end of `interval`: it was a dip in a movement that goes on."""
        self.forget(interval)
        self.phase = "extreme"
        self.left_rest_s = interval.start_s
        self._peak, self._peak_s = interval.peak, interval.extreme_s
        self._valley = math.inf
        self._rest.value = interval.rest

    def forget(self, interval: Interval) -> None:
        """Takes an interval that was no repetition out of the person's usual range."""
        for number, extreme_s in enumerate(self._extremes_s):
            if extreme_s == interval.extreme_s:
                del self._amplitudes[number], self._extremes_s[number]
                return

    def _bridges(self, gap_s: float, value: float) -> bool:
        """A longer gap is bridged only at the extreme: the person is where they were before."""
        still_there = self.phase == "extreme" and value > self.thresholds.returned
        return gap_s <= (BRIDGED_AT_EXTREME_S if still_there else BRIDGED_GAP_S)

    def _jumps(self, t_s: float, value: float, last_s: float, last: float) -> bool:
        """Nobody begins so fast: the very first joints were wrong, and so is the rest level."""
        new = t_s - self._first_s < NEW_S
        return new and value - last > JUMP_PER_S * (t_s - last_s)

    def _start_afresh(self, t_s: float, value: float) -> None:
        """After a gap: unless the person is known and away from rest, where they are is rest."""
        self._last = None
        if self._amplitudes:
            self._rest.touch(t_s)
            self._wait_for_rest(t_s, value)
            return
        self._rest.value = math.nan
        self._settle(self._rest.update(value, t_s), t_s)

    def _wait_for_rest(self, t_s: float, value: float) -> None:
        """Until the person is back in rest, or has been elsewhere for so long that it is rest."""
        rest = self._rest.update(value, t_s)
        self.phase = "unknown"
        if value <= rest + self._limits.rest_fraction * (self.usual_range or 0.0):
            self._settle(value, t_s)

    def _settle(self, value: float, t_s: float) -> None:
        self.phase, self._lowest, self.left_rest_s = "rest", value, t_s

    def _follow_rest(self, t_s: float, value: float, last: tuple[float, float]) -> None:
        rest = self._rest.update(value, t_s)
        edge = self.edge
        if value <= max(edge, self._lowest):
            self.left_rest_s = t_s
        elif last[1] <= edge:
            self.left_rest_s = crossing_s(*last, t_s, value, edge)
        self._lowest = min(self._lowest, value)
        opening = rest + 0.5 * (self.thresholds.reached - rest)
        # Straight after a repetition the signal is still above `opening`: wait for a rise.
        if value > max(opening, self._lowest + EDGE_FRACTION * (self.usual_range or 0.0)):
            if self._amplitudes:  # now it is known how far the last repetition came back
                fall = self._peak - self._lowest
                self._amplitudes[-1] = min(self._amplitudes[-1], max(fall, self._limits.min_range))
            self.phase = "moving"
            self._peak, self._peak_s, self._valley = value, t_s, math.inf

    def _follow_movement(
        self, t_s: float, value: float, last: tuple[float, float]
    ) -> Interval | None:
        if value > self._peak:
            self._peak, self._peak_s, self._valley = value, t_s, math.inf
        elif value < self._valley:
            self._valley, self._valley_s = value, t_s
        if value >= self.thresholds.reached:
            self.phase = "extreme"
        returned = self.thresholds.returned
        if value <= returned:
            return self._close(crossing_s(*last, t_s, value, returned), value)
        usual = self.usual_range
        turn = max(
            self._limits.min_range,
            TURN_OVER_NOISE * self.noise_rise,
            TURNED * usual
            if usual
            else TURNED_UNKNOWN * self.believed(self._peak - self._rest.value),
        )
        if min(self._peak, value) - self._valley >= turn:
            return self._turn(t_s, value)
        self._lose_patience(t_s, value)
        return None

    def _close(self, end_s: float, floor: float) -> Interval:
        rest, complete = self._rest.value, self.phase == "extreme"
        interval = Interval(
            self.left_rest_s, self._peak_s, end_s, rest, self._peak, complete, floor
        )
        self._remember(self._peak - rest, complete)
        self._settle(floor, end_s)
        self._rest.touch(end_s)
        return interval

    def _turn(self, t_s: float, value: float) -> Interval:
        """Ends the repetition at the valley; the next one is already under way."""
        valley, valley_s = self._valley, self._valley_s
        interval = self._close(valley_s, valley)
        if interval.complete:
            fall = max(interval.peak - valley, self._limits.min_range)
            self._amplitudes[-1] = min(self._amplitudes[-1], fall)
        self._rest.value = valley
        self._rest.touch(t_s)
        self.phase, self.left_rest_s = "moving", valley_s
        self._peak, self._peak_s, self._valley = value, t_s, math.inf
        if value >= self.thresholds.reached:
            self.phase = "extreme"
        return interval

    def _remember(self, amplitude: float, complete: bool) -> None:
        if complete:
            self._amplitudes.append(amplitude)
            self._extremes_s.append(self._peak_s)
            self._small.clear()
            return
        self._small.append(amplitude)
        alike = min(self._small) > 0.6 * max(self._small) >= 0.6 * self._limits.min_range
        if len(self._small) == TOO_SMALL_IN_A_ROW and alike:
            self._amplitudes.clear()
            self._extremes_s.clear()
            self._amplitudes.append(max(self._small))
            self._extremes_s.append(self._peak_s)
            self._small.clear()

    def _lose_patience(self, t_s: float, value: float) -> None:
        """Ends a movement that leads nowhere, so that a new posture becomes the new rest."""
        away_s = t_s - self.left_rest_s
        patience_s = self._limits.max_phase_s * (1 if self.phase == "moving" else 2)
        if away_s > patience_s:
            self._settle(value, t_s)
            self._rest.touch(t_s)
