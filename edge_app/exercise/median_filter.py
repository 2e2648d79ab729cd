"""The median of a short time window: removes single wrong samples, and measures the noise."""

from __future__ import annotations

from collections import deque
from statistics import median

from edge_app.envelope import EnvelopeFollower

# From mean deviation from the median to the highest rise that noise alone makes in a minute.
NOISE_TO_RISE = 6.0
NOISY_RISE = 0.18  # noise rise above which the window is longer
WINDOW_S, NOISY_WINDOW_S = 0.17, 0.22
NOISE_S = 3.0  # time constant of the noise estimate


class MedianFilter:
    """Median of the samples in a short time window; the result belongs to the window's middle.

    One frame with swapped or misplaced joints has no effect, and since the value comes with its
    time, no unknown delay arises.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=16)
        self._deviation = EnvelopeFollower(up_s=NOISE_S, down_s=NOISE_S)

    def update(self, t_s: float, value: float) -> tuple[float, float]:
        """Adds one sample; returns the time of the window's middle in seconds, and the median."""
        self._samples.append((t_s, value))
        # A longer window would hide two movements per second: only a noisy signal gets it.
        noisy = self.noise_rise > NOISY_RISE
        while t_s - self._samples[0][0] > (NOISY_WINDOW_S if noisy else WINDOW_S):
            self._samples.popleft()
        middle = median(v for _, v in self._samples)
        if len(self._samples) > 2:
            # On a smooth rise the middle sample is the median, so movement does not count as noise.
            deviation = abs(self._samples[len(self._samples) // 2][1] - middle)
            self._deviation.update(deviation, t_s)
        return (self._samples[0][0] + self._samples[-1][0]) / 2, middle

    @property
    def noise_rise(self) -> float:
        """The rise of the result that noise alone may cause; 0 while unknown."""
        return NOISE_TO_RISE * (self._deviation.value if self._deviation.value > 0 else 0.0)
