"""Stores, then publishes: nothing is shown as counted before it is on the disk.

The counting thread queues work and goes on; a slow disk delays the page, never the count.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import Any, Callable

from edge_app.errors import InputError
from edge_app.kiosk.hub import Hub
from edge_app.kiosk.page_state import PageState

LOG = logging.getLogger(__name__)
Work = Callable[[], str]  # returns "" or one sentence that says why it is not on the disk yet
RETRY_S = 2.0


class EventWriter:
    """One thread that stores and publishes events in order.

    Args:
        retry: called when idle; stores what could not be stored before.
    """

    def __init__(self, state: PageState, hub: Hub, retry: Work) -> None:
        self._state, self._hub, self._retry = state, hub, retry
        self._problem = ""
        self._queue: queue.Queue[tuple[Work | None, str, dict[str, Any]] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._write, name="event-writer", daemon=True)
        self._thread.start()

    @property
    def behind(self) -> int:
        """The number of items that wait to be stored or published."""
        return self._queue.qsize()

    def do(self, work: Work) -> None:
        """Queues work that publishes nothing."""
        self._queue.put((work, "", {}))

    def tell(self, kind: str, data: dict[str, Any], work: Work | None = None) -> None:
        """Queues an event for the pages, published after `work` has stored it."""
        self._queue.put((work, kind, data))

    def close(self) -> None:
        """Finishes the queued work and stops."""
        self._queue.put(None)
        self._thread.join()

    def _write(self) -> None:
        while True:
            try:
                item = self._queue.get(timeout=RETRY_S)
            except queue.Empty:
                item = (self._retry, "", {})
            if item is None:
                return
            work, kind, data = item
            if work is not None:
                self._say(self._stored(work))
            if kind:
                self._hub.event(kind, self._state.note(kind, data))

    def _stored(self, work: Work) -> str:
        try:
            return work()
        except InputError as exc:
            return str(exc)
        except Exception:  # one row that cannot be stored must not stop the kiosk
            LOG.exception("could not store")
            return "Something could not be stored: see the log."

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            data = {"problem": problem}
            self._hub.event("problem", self._state.note("problem", data))
