"""From a one-dimensional signal to raw intervals: hysteresis on the person's own range.

Progress is about 0 at rest and 1 at the extreme, but nobody rests at exactly 0: both thresholds are
measured from this person's last turning point, in fractions of their own usual range.

    progress
      1 |          __            __
        |        /    \\        /    \\        reached = rest + extreme_fraction * usual range
        |-------/------\\------/------\\-----  (at least rest + min_range)
        |------/--------\\----/--------\\---  returned = peak - (1 - rest_fraction) * this rise
      0 |_____/          \\__/          \\__

A rise that is too large because it began at a misplaced keypoint would require a return that never
comes. Therefore a clear turn (down and up again by TURNED of the range) ends a repetition as well.
"""

from __future__ import annotations

import math

from edge_app.envelope import EnvelopeFollower
from edge_app.exercise.definition import Limits
from edge_app.exercise.excursion import Excursion, crossing_s
from edge_app.exercise.rep import Interval, Thresholds
from edge_app.exercise.usual_range import UsualRange

# After a longer gap the repetition is given up: half a second, plus the lag that the median filter
# adds, since its times lag by half its window only while the window is full.
BRIDGED_GAP_S = 0.6
BRIDGED_AT_EXTREME_S = 1.5
EDGE_FRACTION = 0.1  # of the usual range, above rest: a smaller rise is not a start
TURNED = 0.45  # of the usual range: down and up again by this much ends a repetition
TURN_OVER_NOISE = 1.0
TURNED_UNKNOWN = 0.3  # of this rise, while no usual range is known
NEW_S = 0.5  # since the first value: joints may still be wrong
JUMP_PER_S = 10.0  # progress; the fastest repetitions have 5
REST_UP_S = 3.0  # how fast the rest level follows a person who rests higher


class Segmenter:
    """Hysteresis over the progress signal.

    Attributes:
        phase: "unknown" (no value yet, or none for too long), "rest", "moving" (left rest, extreme
            not reached) or "extreme" (reached, not yet back).
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._range = UsualRange(limits.min_range)
        self._rest = EnvelopeFollower(up_s=REST_UP_S, down_s=0.1)
        self._excursion = Excursion()
        self._last: tuple[float, float] | None = None
        self.phase = "unknown"
        self._noise_rise = 0.0  # a smaller rise may be noise and starts nothing
        self._first_s = math.nan  # when the signal began
        self._lowest = math.inf  # since the person came to rest

    @property
    def thresholds(self) -> Thresholds:
        """The current levels."""
        rest, usual = self._rest.value, self._range.value
        least = self._limits.min_range
        # Noise matters only until the person's own range is known, which protects better.
        own = self._limits.extreme_fraction * usual if usual else min(self._noise_rise, 2 * least)
        reached = max(rest + max(least, own), self._limits.min_extreme)
        if self.phase in ("moving", "extreme"):
            top = self._excursion.peak
        else:
            top = max(reached, rest + (usual or 0))
        rise = min(top - rest, self.max_rise)
        return Thresholds(rest, top - (1 - self._limits.rest_fraction) * rise, reached)

    @property
    def max_rise(self) -> float:
        """The largest plausible rise from rest for this person."""
        return self._range.max_rise

    @property
    def rest(self) -> float:
        """This person's rest level."""
        return self._rest.value

    @property
    def edge(self) -> float:
        """The level at which a movement starts and ends, just above rest."""
        return self._rest.value + EDGE_FRACTION * (self._range.value or 2 * self._limits.min_range)

    @property
    def peak(self) -> float:
        """The highest progress of the current or last movement."""
        return self._excursion.peak

    def update(self, t_s: float, value: float, noise_rise: float = 0.0) -> Interval | None:
        """Adds one sample.

        Args:
            t_s: increasing.
            value: progress; NaN if there is none.
            noise_rise: the rise that noise alone may cause.

        Returns:
            An interval, as soon as the return or the turn is certain.
        """
        if math.isnan(value):
            return None
        self._noise_rise = noise_rise
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
        """Takes back the end of `interval`: it was a dip in a movement that continues."""
        self.forget(interval)
        self.phase = "extreme"
        self._excursion.left_rest_s = interval.start_s
        self._excursion.rise_to(interval.extreme_s, interval.peak)
        self._rest.value = interval.rest

    def forget(self, interval: Interval) -> None:
        """Removes an interval that was not a repetition from the person's usual range."""
        self._range.forget(interval.extreme_s)

    def _bridges(self, gap_s: float, value: float) -> bool:
        """Handles a gap; a long one is bridged only at the extreme, where the person is still."""
        still_there = self.phase == "extreme" and value > self.thresholds.returned
        return gap_s <= (BRIDGED_AT_EXTREME_S if still_there else BRIDGED_GAP_S)

    def _jumps(self, t_s: float, value: float, last_s: float, last: float) -> bool:
        """Resets the rest level after an impossibly fast start: the first joints were wrong."""
        new = t_s - self._first_s < NEW_S
        return new and value - last > JUMP_PER_S * (t_s - last_s)

    def _start_afresh(self, t_s: float, value: float) -> None:
        """After a gap: their position is rest, unless the person is known and away from rest."""
        self._last = None
        if self._range.value is not None:
            self._rest.touch(t_s)
            self._wait_for_rest(t_s, value)
            return
        self._rest.value = math.nan
        self._settle(self._rest.update(value, t_s), t_s)

    def _wait_for_rest(self, t_s: float, value: float) -> None:
        """Waits until the person is back at rest, or elsewhere for so long that it is rest."""
        rest = self._rest.update(value, t_s)
        self.phase = "unknown"
        if value <= rest + self._limits.rest_fraction * (self._range.value or 0.0):
            self._settle(value, t_s)

    def _settle(self, value: float, t_s: float) -> None:
        self.phase, self._lowest, self._excursion.left_rest_s = "rest", value, t_s

    def _follow_rest(self, t_s: float, value: float, last: tuple[float, float]) -> None:
        rest = self._rest.update(value, t_s)
        edge = self.edge
        if value <= max(edge, self._lowest):
            self._excursion.left_rest_s = t_s
        elif last[1] <= edge:
            self._excursion.left_rest_s = crossing_s(*last, t_s, value, edge)
        self._lowest = min(self._lowest, value)
        opening = rest + 0.5 * (self.thresholds.reached - rest)
        # Right after a repetition the signal is still above `opening`: wait for a rise.
        if value > max(opening, self._lowest + EDGE_FRACTION * (self._range.value or 0.0)):
            # Now it is known how far the last repetition came back.
            self._range.limit_last(self._excursion.peak - self._lowest)
            self.phase = "moving"
            self._excursion.rise_to(t_s, value)

    def _follow_movement(
        self, t_s: float, value: float, last: tuple[float, float]
    ) -> Interval | None:
        excursion = self._excursion
        excursion.follow(t_s, value)
        levels = self.thresholds
        if value >= levels.reached:
            self.phase = "extreme"
        if value <= levels.returned:
            return self._close(crossing_s(*last, t_s, value, levels.returned), value)
        if min(excursion.peak, value) - excursion.valley >= self._turn_rise():
            return self._turn(t_s, value)
        self._lose_patience(t_s, value)
        return None

    def _turn_rise(self) -> float:
        """The fall and the rise after it that end a repetition."""
        usual = self._range.value
        if usual:
            own = TURNED * usual
        else:
            own = TURNED_UNKNOWN * min(self._excursion.peak - self._rest.value, self.max_rise)
        return max(self._limits.min_range, TURN_OVER_NOISE * self._noise_rise, own)

    def _close(self, end_s: float, floor: float) -> Interval:
        rest, complete, way = self._rest.value, self.phase == "extreme", self._excursion
        interval = Interval(way.left_rest_s, way.peak_s, end_s, rest, way.peak, complete, floor)
        self._range.add(way.peak - rest, way.peak_s, complete)
        self._settle(floor, end_s)
        self._rest.touch(end_s)
        return interval

    def _turn(self, t_s: float, value: float) -> Interval:
        """Ends the repetition at the valley; the next one has already begun."""
        valley, valley_s = self._excursion.valley, self._excursion.valley_s
        interval = self._close(valley_s, valley)
        if interval.complete:
            self._range.limit_last(interval.peak - valley)
        self._rest.value = valley
        self._rest.touch(t_s)
        self.phase, self._excursion.left_rest_s = "moving", valley_s
        self._excursion.rise_to(t_s, value)
        if value >= self.thresholds.reached:
            self.phase = "extreme"
        return interval

    def _lose_patience(self, t_s: float, value: float) -> None:
        """Ends a movement without result, so that a new posture becomes the new rest."""
        away_s = t_s - self._excursion.left_rest_s
        patience_s = self._limits.max_phase_s * (1 if self.phase == "moving" else 2)
        if away_s > patience_s:
            self._settle(value, t_s)
            self._rest.touch(t_s)
