"""From the counting threads to the browsers; counting never waits for a browser.

Events (a repetition, a phase) reach every browser in order. Short-lived values (the gauge, the
picture) are replaced by newer ones. A browser that does not read is disconnected when too many
events wait for it.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from contextlib import suppress
from typing import Any, Union

WAITING_EVENTS = 200  # per browser, a minute of a busy lesson
MOST_WATCHERS = 250
Message = Union[str, bytes]


class Watcher:
    """The queue of one browser; for the server's event loop only."""

    def __init__(self) -> None:
        self._events: deque[str] = deque()
        self._live: Message | None = None
        self._news = asyncio.Event()
        self.lost = False  # it did not read: disconnect it

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
        """What to send next: events first, in order."""
        while not self._events and self._live is None:
            self._news.clear()
            await self._news.wait()
        if self._events:
            return self._events.popleft()
        message, self._live = self._live, None
        assert message is not None
        return message


class Hub:
    """All connected browsers.

    Attributes:
        watchers, viewers: number of browsers with events, and with pictures.
        let_go: number of browsers disconnected because they did not read.
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
        """Sends messages to this event loop from now on; before, nobody can be connected."""
        self._loop = loop

    def join(self, pictures: bool) -> Watcher | None:
        """Adds a browser; None if there are too many."""
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
        """Publishes an event; every watcher gets it."""
        if self._watchers:
            self._call(self._deliver, json.dumps({"kind": kind, **data}))

    def live(self, data: dict[str, Any]) -> None:
        """Publishes live values; only the newest are kept."""
        if self._watchers:
            self._latest("live", json.dumps({"kind": "live", **data}))

    def picture(self, packed: bytes) -> None:
        """Publishes the newest picture."""
        self._latest("picture", packed)

    def _latest(self, what: str, message: Message) -> None:
        with self._guard:  # a loop that lags gets one call, not one per frame
            first = what not in self._waiting
            self._waiting[what] = message
        if first:
            self._call(self._deliver_latest, what)

    def _call(self, what: Any, *args: Any) -> None:
        if self._loop is None:
            return
        with suppress(RuntimeError):  # the loop is closed: the kiosk is shutting down
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
