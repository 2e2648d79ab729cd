"""Sinks that write one file during a count; it appears completely or not at all."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType

from edge_app.files import whole_file


class FileSink(AbstractContextManager):  # type: ignore[type-arg]  # not generic on Python 3.8
    """The open file of a sink.

    Raises:
        InputError: the folder cannot be written to.
    """

    def __init__(self, path: Path, newline: str | None = None) -> None:
        self._stack = ExitStack()
        beside = self._stack.enter_context(whole_file(path))
        self._file = self._stack.enter_context(beside.open("w", encoding="utf-8", newline=newline))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)
