"""Shows recorded pictures when they are due."""

from __future__ import annotations

import time
from typing import Callable

LATE_S = 1.0  # later than this means that the machine slept
LONGEST_GAP_S = 10.0  # a longer gap in a recording is shortened to this


class Pace:
    """Waits until a picture is due, so that a recording runs at its own speed.

    Args:
        clock, sleep: for tests; the clock is monotonic.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._begun_s = clock()
        self._slept_s = 0.0

    def wait(self, due_s: float) -> float:
        """Waits until `due_s` seconds after the start; a late reader does not hurry.

        Returns:
            The picture's time in seconds: `due_s` plus the time the machine has slept.
        """
        ahead_s = self._begun_s + self._slept_s + due_s - self._clock()
        if ahead_s > 0:
            self._sleep(ahead_s)
        elif ahead_s < -LATE_S:  # do not play the missed seconds all at once
            self._slept_s -= ahead_s
        return due_s + self._slept_s
