"""Lines on standard output with a progress bar below them, where somebody watches a terminal."""

from __future__ import annotations

import sys
from types import TracebackType

from tqdm import tqdm


class Progress:
    """A bar that makes way for lines and is gone at the end; without a terminal there is none.

    Args:
        total: of the steps; None or 0 where it is not known.
        unit: of a step.
        quiet: no bar; lines are still written.
    """

    def __init__(self, total: int | None, unit: str, quiet: bool = False) -> None:
        self._bar = tqdm(
            total=total or None, unit=unit, leave=False, dynamic_ncols=True,
            disable=True if quiet else None,  # None: where standard error is no terminal
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
        """A line above the bar, at once."""
        self._bar.write(text, file=sys.stdout)
        sys.stdout.flush()

    def step(self) -> None:
        """One more step is done."""
        self._bar.update()

    def note(self, text: str) -> None:
        """What is being done now, behind the bar."""
        self._bar.set_postfix_str(text, refresh=False)
        self._bar.update(0)
