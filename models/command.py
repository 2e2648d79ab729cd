"""Shared by the tools' command lines: invalid input gives one sentence and exit code 2."""

from __future__ import annotations

import functools
import sys
from typing import Callable

from edge_app.errors import InputError

Main = Callable[..., int]  # of the arguments after the program's name; None takes the process's


def tool(name: str) -> Callable[[Main], Main]:
    """For a tool's `main`: prints an InputError or an unreadable file, and returns 2."""

    def guard(main: Main) -> Main:
        @functools.wraps(main)
        def guarded(argv: list | None = None) -> int:
            try:
                return main(argv)
            except (InputError, OSError) as exc:
                print(f"{name}: {exc}", file=sys.stderr)
                return 2

        return guarded

    return guard


def at_least(least: float, **options: float) -> None:
    """Checks options by their names on the command line.

    Raises:
        InputError: one of them is too small.
    """
    for name, value in options.items():
        if not value >= least:
            raise InputError(f"--{name.replace('_', '-')} must be at least {least:g}, not {value}")
