"""From the counting threads to the browsers: nobody who counts ever waits for who looks.

Events (a repetition, a phase) reach every browser in order. What holds for a moment only (the
gauge, the picture) is replaced by its successor. A browser that does not read is let go when too
many events have gathered for it.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from contextlib import suppress
from typing import Any, Union

WAITING_EVENTS = 200  # of one browser, a minute of a lively lesson
MOST_WATCHERS = 250
Message = Union[str, bytes]


class Watcher:
    """One browser's share; lives in the server's loop."""

    def __init__(self) -> None:
        self._events: deque[str] = deque()
        self._live: Message | None = None
        self._news = asyncio.Event()
        self.lost = False  # it did not read: no use to go on

    def event(self, text: str) -> None:
        if len(self._events) >= WAITING_EVENTS:
            self.lost = True
        else:
            self._events.append(text)
        self._news.set()

    def live(self, message: Message) -> None:
        self._live = message
        self._news.set()

    async def next(self) -> Message:
        """What is to be sent next: events first, in order."""
        while not self._events and self._live is None:
            self._news.clear()
            await self._news.wait()
        if self._events:
            return self._events.popleft()
        message, self._live = self._live, None
        assert message is not None
        return message


class Hub:
    """All browsers that watch.

    Attributes:
        watchers, viewers: how many have the events, and the pictures.
        let_go: how many did not read.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watchers: set[Watcher] = set()
        self._viewers: set[Watcher] = set()
        self._guard = threading.Lock()
        self._waiting: dict[str, Message] = {}  # live messages on their way into the loop
        self.let_go = 0

    @property
    def watchers(self) -> int:
        return len(self._watchers)

    @property
    def viewers(self) -> int:
        return len(self._viewers)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on messages go to this loop; before, nobody can be listening."""
        self._loop = loop

    def join(self, pictures: bool) -> Watcher | None:
        """A new browser; None when there are too many."""
        group = self._viewers if pictures else self._watchers
        if len(group) >= MOST_WATCHERS:
            return None
        watcher = Watcher()
        group.add(watcher)
        return watcher

    def leave(self, watcher: Watcher) -> None:
        self.let_go += watcher.lost
        self._watchers.discard(watcher)
        self._viewers.discard(watcher)

    # From any thread

    def event(self, kind: str, data: dict[str, Any]) -> None:
        """Something that happened; every watcher gets it."""
        if self._watchers:
            self._call(self._deliver, json.dumps({"kind": kind, **data}))

    def live(self, data: dict[str, Any]) -> None:
        """How things are now; only the newest matters."""
        if self._watchers:
            self._latest("live", json.dumps({"kind": "live", **data}))

    def picture(self, packed: bytes) -> None:
        """The newest picture."""
        self._latest("picture", packed)

    def _latest(self, what: str, message: Message) -> None:
        with self._guard:  # a loop that is behind gets one call, not one a frame
            first = what not in self._waiting
            self._waiting[what] = message
        if first:
            self._call(self._deliver_latest, what)

    def _call(self, what: Any, *args: Any) -> None:
        if self._loop is None:
            return
        with suppress(RuntimeError):  # it was closed: the kiosk is ending, and nobody listens
            self._loop.call_soon_threadsafe(what, *args)

    # In the loop

    def _deliver(self, text: str) -> None:
        for watcher in self._watchers:
            watcher.event(text)

    def _deliver_latest(self, what: str) -> None:
        with self._guard:
            message = self._waiting.pop(what)
        for watcher in self._viewers if what == "picture" else self._watchers:
            watcher.live(message)
