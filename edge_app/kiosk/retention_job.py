"""Deletes, once a day, what is past its retention period."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from datetime import datetime, timezone
from typing import Callable

from sqlalchemy.exc import DBAPIError

from edge_app.errors import InputError
from edge_app.kiosk.videos import Videos
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.retention import Retention

LOG = logging.getLogger(__name__)
DAY_S, HOUR_S = 86400.0, 3600.0


class RetentionJob:
    """Deletes at the start and then once a day; after a failure it tries again in an hour.

    Args:
        ledger, videos: where to delete.
        rule: days that evidence and names are kept.
        video_days: days that a video is kept.
        clock: monotonic, in seconds: when a day is over, whatever the wall clock does.
        now: aware wall clock: how old something is.
    """

    def __init__(
        self,
        ledger: Ledger,
        videos: Videos,
        rule: Retention,
        video_days: float,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
    ) -> None:
        self._ledger, self._videos = ledger, videos
        self._rule, self._video_days = rule, video_days
        self._clock, self._now = clock, now
        self._due_s = clock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="retention", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Deletes what is due; returns whether anything was."""
        if self._clock() < self._due_s:
            return False
        try:
            self._forget()
            self._due_s = self._clock() + DAY_S
        except (InputError, OSError, DBAPIError) as exc:
            LOG.warning("could not delete what is too old: %s", exc)
            self._due_s = self._clock() + HOUR_S
        return True

    def _forget(self) -> None:
        attempts, students = self._ledger.forget(self._rule)
        videos = self._videos.forget(self._now(), self._video_days, self._may_stay)
        if attempts or students or videos:
            LOG.info("%d curves, %d names, %d videos deleted", attempts, students, videos)

    def _may_stay(self, attempt: uuid.UUID) -> bool:
        """False for a student whose name was erased."""
        try:
            student = self._ledger.results.attempt(attempt).attempt.student
        except InputError:
            return True  # not stored yet, or in a ledger that was moved aside
        return student is None or not student.erased

    def _work(self) -> None:
        while True:
            self.look()
            if self._closed.wait(HOUR_S / 4):
                return
