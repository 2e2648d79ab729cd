"""Shows recorded pictures when they are due."""

from __future__ import annotations

import time
from typing import Callable

LATE_S = 1.0  # later than this, the machine slept


class Pace:
    """Waits until a picture is due, so that a recording runs at its own speed.

    Args:
        clock, sleep: for tests; the clock never goes back.
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
        """Until `due_s` seconds after the beginning; a reader that is late does not hurry.

        Returns:
            `due_s` and what the machine slept until now: the picture's time in seconds.
        """
        ahead_s = self._begun_s + self._slept_s + due_s - self._clock()
        if ahead_s > 0:
            self._sleep(ahead_s)
        elif ahead_s < -LATE_S:  # do not play the missed seconds all at once
            self._slept_s -= ahead_s
        return due_s + self._slept_s
