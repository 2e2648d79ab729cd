"""Lines on standard output, on a terminal with a progress bar below them."""

from __future__ import annotations

import sys
from types import TracebackType

from tqdm import tqdm


class Progress:
    """A progress bar below printed lines, removed at the end; without a terminal, no bar.

    Args:
        total: number of steps; None or 0 if unknown.
        unit: of a step.
        quiet: no bar; lines are still printed.
    """

    def __init__(self, total: int | None, unit: str, quiet: bool = False) -> None:
        self._bar = tqdm(
            total=total or None, unit=unit, leave=False, dynamic_ncols=True,
            disable=True if quiet else None,  # None: no bar if standard error is not a terminal
        )  # fmt: skip

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()

    def line(self, text: str) -> None:
        """Prints a line above the bar at once."""
        self._bar.write(text, file=sys.stdout)
        sys.stdout.flush()

    def step(self) -> None:
        """Advances the bar by one step."""
        self._bar.update()

    def note(self, text: str) -> None:
        """Shows a note behind the bar."""
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update(0)
