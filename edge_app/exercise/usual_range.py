"""The range in which this person usually moves, measured over their last repetitions."""

from __future__ import annotations

from collections import deque
from statistics import median_low

REMEMBERED = 5  # repetitions that make the usual range
TOO_SMALL_IN_A_ROW = 3  # so many small movements alike are this person's range from now on
# The largest plausible rise, in usual ranges, and in progress as long as none is known: a larger
# one began at a wrong rest level, seen in somebody who was just getting into place.
MOST_USUAL, MOST_UNKNOWN = 1.5, 1.2


class UsualRange:
    """Median amplitude of the last complete repetitions, in progress units.

    Args:
        min_range: the smallest amplitude of a repetition.

    Attributes:
        value: the smaller of two medians; None before the first repetition.
    """

    def __init__(self, min_range: float) -> None:
        self._min_range = min_range
        # Of each repetition its amplitude, and the time of its extreme, by which it is forgotten.
        self._amplitudes: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._small: deque[float] = deque(maxlen=TOO_SMALL_IN_A_ROW)
        self.value: float | None = None

    @property
    def max_rise(self) -> float:
        """The largest rise from rest that is plausible."""
        return MOST_USUAL * self.value if self.value else MOST_UNKNOWN

    def add(self, amplitude: float, extreme_s: float, complete: bool) -> None:
        """The movement whose extreme was at `extreme_s`; incomplete ones change the range only
        where several in a row are alike."""
        if complete:
            self._amplitudes.append((amplitude, extreme_s))
            self._small.clear()
        else:
            self._small.append(amplitude)
            alike = min(self._small) > 0.6 * max(self._small) >= 0.6 * self._min_range
            if len(self._small) < TOO_SMALL_IN_A_ROW or not alike:
                return
            self._amplitudes.clear()
            self._amplitudes.append((max(self._small), extreme_s))
            self._small.clear()
        self._measure()

    def limit_last(self, fall: float) -> None:
        """The last repetition came back by `fall`: its amplitude was no larger."""
        if self._amplitudes:
            amplitude, extreme_s = self._amplitudes[-1]
            self._amplitudes[-1] = (min(amplitude, max(fall, self._min_range)), extreme_s)
            self._measure()

    def forget(self, extreme_s: float) -> None:
        """What had its extreme at `extreme_s` was no repetition."""
        for number, (_, of_s) in enumerate(self._amplitudes):
            if of_s == extreme_s:
                del self._amplitudes[number]
                self._measure()
                return

    def _measure(self) -> None:
        amplitudes = [amplitude for amplitude, _ in self._amplitudes]
        self.value = median_low(amplitudes) if amplitudes else None
