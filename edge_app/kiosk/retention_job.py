"""Deletes, once a day, what is past its retention period, if the clock is trusted."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Callable

from sqlalchemy.exc import DBAPIError

from edge_app.errors import InputError
from edge_app.kiosk.videos import Videos
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.retention import Retention

LOG = logging.getLogger(__name__)
DAY_S, HOUR_S, MINUTE_S = 86400.0, 3600.0, 60.0


class RetentionJob:
    """Deletes at the start and then once a day; after a failure, or while the ledger's clock is not
    trusted, it tries again in an hour at the latest.

    Args:
        ledger, videos: where to delete.
        rule: days that evidence and names are kept.
        video_days: days that a video is kept.
        clock: monotonic, in seconds: when a day is over, whatever the wall clock does.
    """

    def __init__(
        self,
        ledger: Ledger,
        videos: Videos,
        rule: Retention,
        video_days: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ledger, self._videos = ledger, videos
        self._rule, self._video_days = rule, video_days
        self._clock = clock
        self._due_s = clock()
        self._refused = ""
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, name="retention", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Judges the clock, and deletes what is due; returns whether it did.

        The video of a student whose name was erased goes even if the clock is not trusted.
        """
        refused = self._ledger.clock.look().refusal
        became_right, self._refused = self._refused and not refused, refused
        if self._clock() < self._due_s and not became_right:
            return False
        try:
            if refused:
                LOG.info("nothing past its term is deleted: %s", refused)
                self._videos.forget(lambda attempt: not self._may_stay(attempt))
                self._due_s = self._clock() + HOUR_S
                return False
            self._forget()
            self._due_s = self._clock() + DAY_S
        except (InputError, OSError, DBAPIError) as exc:
            LOG.warning("could not delete what is too old: %s", exc)
            self._due_s = self._clock() + HOUR_S
        return True

    def _forget(self) -> None:
        attempts, students = self._ledger.forget(self._rule)
        old = self._ledger.past_term(self._videos.attempts(), self._video_days)
        videos = self._videos.forget(lambda one: one in old or not self._may_stay(one))
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
            if self._closed.wait(MINUTE_S):
                return
