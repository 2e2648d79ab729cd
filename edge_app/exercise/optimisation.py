"""Interval optimisation: raw intervals become the real movements (paper, figure 4).

The segmenter closes an interval where the signal crosses its lower threshold, which is early, and
a wobble there splits one repetition into two. This step waits up to a second, then

* joins an interval that was closed by a short, shallow dip with the next one,
* moves the end to where the person is back at rest, or turns for the next repetition,
* drops intervals that are too short to be a movement.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

from edge_app.exercise.definition import Limits
from edge_app.exercise.rep import Interval
from edge_app.exercise.segment import EDGE_FRACTION

MAX_DELAY_S = 1.0  # a repetition is final at most this long after it is back at rest
SHALLOW = 0.25  # of the amplitude: a dip that stays above this is not a return to rest
STILL = 0.015  # of the amplitude, between two samples: a smaller fall means rest is reached
TURN = 0.15  # of the amplitude: a larger rise starts the next repetition


class Decision(NamedTuple):
    """The result of one sample for the raw intervals.

    Attributes:
        final: an optimised interval that will not change any more.
        wobble: a raw interval that is taken back because its movement continues.
    """

    final: Interval | None
    wobble: Interval | None


class IntervalOptimiser:
    """Turns samples and the segmenter's raw intervals into final intervals."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pending: Interval | None = None
        self._lowest, self._lowest_s = math.inf, math.nan
        self._near_s = math.inf  # when the pending interval was first near rest again
        self._ended_s = -math.inf  # end of the last final interval: the next cannot begin before it

    def update(
        self, t_s: float, value: float, raw: Interval | None, max_rise: float = math.inf
    ) -> Decision:
        """Adds one sample and the segmenter's result for it.

        Args:
            t_s: increasing.
            value: progress.
            raw: the interval that the segmenter closed with this sample.
            max_rise: the largest plausible rise from rest.
        """
        final = wobble = None
        if raw is not None:
            final = self.finish()
            self._pending, self._near_s = raw, math.inf
            # After a turn the signal rises again: the end is known.
            turned = raw.floor < value
            self._lowest, self._lowest_s = (raw.floor, raw.end_s) if turned else (value, t_s)
        if self._pending is None:
            return Decision(final, None)
        pending, amplitude = self._pending, self._pending.amplitude
        falling = value < self._lowest - STILL * amplitude
        if value < self._lowest:
            self._lowest, self._lowest_s = value, t_s
        near = value <= pending.rest + EDGE_FRACTION * amplitude
        if near:
            self._near_s = min(self._near_s, t_s)
        # After a return that stopped halfway, the next repetition comes back further than it began.
        if near and not falling:
            final = self.finish()
        elif self._is_wobble(pending, t_s, value, max_rise):
            self._pending, wobble = None, pending
        elif value > self._lowest + TURN * amplitude or t_s - pending.end_s >= MAX_DELAY_S:
            final = self.finish()
        return Decision(final, wobble)

    def finish(self) -> Interval | None:
        """Ends the pending interval at the lowest sample since; None if it is dropped."""
        pending, self._pending = self._pending, None
        if pending is None:
            return None
        end_s = max(self._lowest_s, pending.end_s)
        start_s = max(pending.start_s, self._ended_s)
        shortest = min(pending.extreme_s - pending.start_s, end_s - pending.extreme_s)
        if shortest < self._limits.min_phase_s or end_s - start_s < 2 * self._limits.min_phase_s:
            return None
        self._ended_s = end_s
        return replace(pending, start_s=start_s, end_s=end_s, near_s=self._near_s)

    def _is_wobble(self, pending: Interval, t_s: float, value: float, max_rise: float) -> bool:
        if not pending.complete:
            return False
        rise = min(pending.amplitude, max_rise)
        floor = pending.peak - (1 - SHALLOW) * rise
        back = pending.peak - (1 - 1.4 * self._limits.rest_fraction) * rise
        soon = t_s - pending.end_s <= self._limits.min_phase_s
        return soon and self._lowest > floor and value > back
