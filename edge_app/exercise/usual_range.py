"""A person's usual range of movement over their last repetitions."""

from __future__ import annotations

from collections import deque
from statistics import median_low

REMEMBERED = 5  # repetitions that define the usual range
TOO_SMALL_IN_A_ROW = 3  # this many similar small movements become the person's range
# The largest plausible rise, in usual ranges, and in progress while none is known: a larger one
# began at a wrong rest level, taken while the person was getting into position.
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
        # Amplitude of each repetition, and the time of its extreme, which identifies it.
        self._amplitudes: deque[tuple[float, float]] = deque(maxlen=REMEMBERED)
        self._small: deque[float] = deque(maxlen=TOO_SMALL_IN_A_ROW)
        self.value: float | None = None

    @property
    def max_rise(self) -> float:
        """The largest plausible rise from rest."""
        return MOST_USUAL * self.value if self.value else MOST_UNKNOWN

    def add(self, amplitude: float, extreme_s: float, complete: bool) -> None:
        """Adds the movement with its extreme at `extreme_s`; incomplete ones change the range only
        if several similar ones follow each other."""
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
        """Limits the last repetition's amplitude to `fall`, by which it came back."""
        if self._amplitudes:
            amplitude, extreme_s = self._amplitudes[-1]
            self._amplitudes[-1] = (min(amplitude, max(fall, self._min_range)), extreme_s)
            self._measure()

    def forget(self, extreme_s: float) -> None:
        """Removes the movement with its extreme at `extreme_s`: it was not a repetition."""
        for number, (_, of_s) in enumerate(self._amplitudes):
            if of_s == extreme_s:
                del self._amplitudes[number]
                self._measure()
                return

    def _measure(self) -> None:
        amplitudes = [amplitude for amplitude, _ in self._amplitudes]
        self.value = median_low(amplitudes) if amplitudes else None
