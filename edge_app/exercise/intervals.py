"""Progress in, intervals out: median filter, then hysteresis, then interval optimisation."""

from __future__ import annotations

from typing import NamedTuple

from edge_app.exercise.definition import Limits
from edge_app.exercise.median_filter import MedianFilter
from edge_app.exercise.optimisation import IntervalOptimiser
from edge_app.exercise.rep import Interval, Thresholds
from edge_app.exercise.segment import Segmenter


class Sample(NamedTuple):
    """One filtered sample of the signal, and the intervals found with it.

    Attributes:
        t_s: the middle of the filter's window.
        value: filtered progress.
        rest, edge: levels of progress: this person's rest, and just above.
        peak: the highest value of the current or last movement.
        raw: the interval closed by the hysteresis; it may still be taken back.
        final: an interval that will not change any more.
    """

    t_s: float
    value: float
    rest: float
    edge: float
    peak: float
    raw: Interval | None
    final: Interval | None


class IntervalFinder:
    """Finds intervals in the progress of all poses that have one.

    Args:
        limits: of the exercise.
        optimise: False keeps the raw hysteresis intervals (for comparison).
    """

    def __init__(self, limits: Limits, optimise: bool = True) -> None:
        self._filter = MedianFilter()
        self._segmenter = Segmenter(limits)
        self._optimiser = IntervalOptimiser(limits) if optimise else None

    @property
    def phase(self) -> str:
        """ "unknown", "rest", "moving" or "extreme"."""
        return self._segmenter.phase

    @property
    def thresholds(self) -> Thresholds:
        """The current levels."""
        return self._segmenter.thresholds

    def update(self, t_s: float, progress: float) -> Sample:
        """Adds one value of the signal, times strictly increasing."""
        segmenter = self._segmenter
        t_s, value = self._filter.update(t_s, progress)
        raw = final = segmenter.update(t_s, value, self._filter.noise_rise)
        rest, edge, peak = segmenter.rest, segmenter.edge, segmenter.peak
        if self._optimiser is not None:
            final, wobble = self._optimiser.update(t_s, value, raw, segmenter.max_rise)
            if wobble is not None:
                segmenter.reopen(wobble)
        return Sample(t_s, value, rest, edge, peak, raw, final)

    def finish(self) -> Interval | None:
        """Ends the clip or attempt; returns an interval that was back at rest but not yet final."""
        return self._optimiser.finish() if self._optimiser else None

    def forget(self, interval: Interval) -> None:
        """Removes an interval that was not a repetition from the person's usual range."""
        self._segmenter.forget(interval)
