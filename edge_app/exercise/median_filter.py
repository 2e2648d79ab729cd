"""The median of a short time window: takes out single wrong samples, and measures the noise."""

from __future__ import annotations

from collections import deque
from statistics import median

from edge_app.envelope import EnvelopeFollower

# Mean deviation from the median to the highest rise that noise alone makes in a minute.
NOISE_TO_RISE = 6.0
NOISY_RISE = 0.18  # a rise that noise alone may make, above which the window is longer
WINDOW_S, NOISY_WINDOW_S = 0.17, 0.22
NOISE_S = 3.0  # time constant with which the noise is followed


class MedianFilter:
    """Median of the samples of a short time window; the result belongs to the window's middle.

    One frame with swapped or misplaced joints does not get through, and because the time comes with
    the value nothing is late by an unknown amount.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=16)
        self._deviation = EnvelopeFollower(up_s=NOISE_S, down_s=NOISE_S)

    def update(self, t_s: float, value: float) -> tuple[float, float]:
        """One sample; the time of the window's middle in seconds, and the median."""
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
