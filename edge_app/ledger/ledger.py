"""The ledger of a school: records attempts and roster, and answers queries about them."""

from __future__ import annotations

import os
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from edge_app.device.clock_sources import ClockSources, device_clocks
from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.checking import check
from edge_app.ledger.correcting import check_value, require, require_objects
from edge_app.ledger.database import Database, said
from edge_app.ledger.finished_attempt import FinishedAttempt, whole_rows
from edge_app.ledger.recording import UNFINISHED, Recording, Start, ending_row
from edge_app.ledger.records import AttemptRecord
from edge_app.ledger.recovery import move_aside_if_unusable
from edge_app.ledger.results import Results
from edge_app.ledger.retention import (
    Retention,
    forget_evidence,
    forgotten_students,
    past_term,
    see_stations,
)
from edge_app.ledger.roster import Roster
from edge_app.ledger.rosters.imports import Imports
from edge_app.ledger.station_clock import StationClock
from edge_app.ledger.store import Rows, Store, missing, station_id
from edge_app.ledger.sync import SyncReport, sync

RETENTION = Retention()


def default_url() -> str:
    """`$EDGE_REPS_LEDGER`, or a file in the user's data folder."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return os.environ.get("EDGE_REPS_LEDGER") or f"{data}/edge-reps/ledger.sqlite"


class Ledger:
    """One database of a school's results.

    May be used from several threads, and several programs may have the same database open.

    Attributes:
        roster: classes and students.
        results: queries about attempts.
        notes: sentences for the person at the screen about problems found at the start.
        station: the name under which this program writes events.
        clock: stamps events, and says whether the wall clock is trusted.

    Args:
        url: a path, `sqlite:///…` or `postgresql://…`.
        station: the name of this device; those that share one database need different names.
        clocks: where to read the device's clocks; None is this device.
        wait_s: how long a writer waits for another program; `Recording.add` may block so long.
        move_aside: for the kiosk: rename a database that is damaged or held by another program
            and begin a new one, instead of raising an error.

    Raises:
        InputError: the database cannot be opened.
    """

    def __init__(
        self,
        url: str,
        station: str = "station",
        clocks: ClockSources | None = None,
        wait_s: float = 2.0,
        move_aside: bool = False,
    ) -> None:
        sources = clocks or device_clocks()
        self.notes = move_aside_if_unusable(url, sources.now, wait_s) if move_aside else []
        self._database = Database(url, wait_s)
        self._begun: set[uuid.UUID] = set()
        try:
            self._database.migrate()
            self.station = station_id(self._database, station)
        except (DBAPIError, InputError) as exc:
            self._database.close()
            if isinstance(exc, InputError):
                raise
            raise InputError(f"{self._database.url}: {said(exc)}") from exc
        self._store = Store(self._database, self.station)
        self.clock = StationClock(self._database, sources, self._store)
        self.roster = Roster(self._database, self.clock.stamp)
        self.imports = Imports(self._database, self.clock.stamp)
        self.results = Results(self._database)

    def begin(self, start: Start) -> Recording:
        """A new attempt, stored at once. Never raises on a disk error; see `Recording.problem`.

        Raises:
            InputError: the student or the class is not on the roster.
        """
        try:
            with self._database.read() as connection:
                require(connection, schema.students, start.student_id, "student")
                require(connection, schema.classes, start.class_id, "class")
        except DBAPIError:
            pass  # no query works now: the recording reports it, and the foreign keys still hold
        recording = Recording(start, self.clock.stamp, self._store)
        self._begun.add(recording.id)
        return recording

    def store(self, attempt: FinishedAttempt) -> None:
        """Stores a finished attempt in one transaction; skips one that is stored already.

        Raises:
            InputError: it could not be stored.
        """
        self._store.put_now(whole_rows(attempt, self.clock.stamp()))

    def unknown(self, attempts: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Those of the given attempts that are not stored.

        Raises:
            InputError: the database cannot be read.
        """
        rows = [{"id": one} for one in attempts]
        try:
            with self._database.read() as connection:
                return {row["id"] for row in missing(connection, schema.attempts, rows)}
        except DBAPIError as exc:
            raise InputError(said(exc)) from exc

    @property
    def pending(self) -> int:
        """The number of transactions that wait in memory because they could not be stored."""
        return self._store.pending

    def retry(self) -> str:
        """Tries again to store what waits in memory; returns "" or the reason it failed.

        Call it now and then, and before the program ends.
        """
        return self._store.flush()

    def close_unfinished(self) -> list[AttemptRecord]:
        """Marks this station's attempts that never ended, such as after a power cut.

        Call it when the kiosk starts; from then on no other kiosk may use its station name.

        Raises:
            InputError: another kiosk is running, and may still end its attempts itself.
        """
        self._database.hold(self.station)
        a, e = schema.attempts, schema.endings
        query = (
            select(a.c.id)
            .outerjoin(e, e.c.attempt_id == a.c.id)
            .where(a.c.station_id == self.station, e.c.id.is_(None))
        )
        with self._database.read() as connection:
            lost = set(connection.execute(query).scalars()) - self._begun
        if lost:
            stamp = self.clock.stamp()
            rows: Rows = [(schema.endings, ending_row(one, UNFINISHED, stamp)) for one in lost]
            self._store.put_now(rows)
        return [self.results.attempt(one).attempt for one in lost]

    def correct(
        self,
        attempt: uuid.UUID,
        kind: str,
        value: str,
        who: str,
        why: str,
        number: int | None = None,
    ) -> AttemptRecord:
        """Stores a teacher's correction as a new row; the counts themselves do not change.

        Args:
            attempt: which one.
            kind, value: "repetition" with "counted" or "rejected"; "score" with a number, or "" to
                take it back; "student" with an id, or "" for nobody; "validity" with "void" or
                "valid".
            who, why: who corrects and why; neither may be empty.
            number: of the repetition, for kind "repetition" only.

        Returns:
            The attempt as it stands now.

        Raises:
            InputError: an argument is invalid, or the correction could not be stored.
        """
        value, who, why = value.strip(), who.strip(), why.strip()
        if not who or not why:
            raise InputError("a correction needs a name and a reason")
        check_value(kind, value, number)
        try:
            with self._database.read() as connection:
                require_objects(connection, attempt, kind, value, number)
        except DBAPIError as exc:
            raise InputError(said(exc)) from exc
        row = {
            "id": uuid.uuid4(), "attempt_id": attempt, "kind": kind, "number": number,
            "value": value, "who": who, "why": why, **self.clock.stamp().columns,
        }  # fmt: skip
        self._store.put_now([(schema.corrections, row)])
        return self.results.attempt(attempt).attempt

    def forget(self, rule: Retention = RETENTION) -> tuple[int, int]:
        """Deletes evidence and names that are past their retention period; call it once a day.

        Returns:
            The numbers of attempts that lost their evidence, and of students that lost their names.

        Raises:
            InputError: the clock is not trusted or has just jumped, and nothing was deleted; or
                not everything could be deleted.
        """
        now = self._now_to_delete()
        try:
            with self._database.write() as connection:
                see_stations(connection, now)
            before = now - timedelta(days=rule.evidence_days)
            attempts = forget_evidence(self._database, before)
            students = forgotten_students(self._database, rule, now)
            for student in students:
                self.roster.erase(student)
        except DBAPIError as exc:
            raise InputError(said(exc)) from exc
        return attempts, len(students)

    def past_term(self, attempts: Sequence[uuid.UUID], days: float) -> set[uuid.UUID]:
        """Those attempts that surely ended more than `days` ago; see `retention.past_term`.

        Raises:
            InputError: the clock is not trusted or has just jumped, or the database cannot be used.
        """
        now = self._now_to_delete()
        try:
            return past_term(self._database, attempts, now - timedelta(days=days), now)
        except DBAPIError as exc:
            raise InputError(said(exc)) from exc

    def _now_to_delete(self) -> datetime:
        refusal = self.clock.look().refusal
        if refusal:
            raise InputError(f"nothing was deleted: {refusal}")
        return self.clock.stamp().utc

    def send_to(
        self, url: str, whole: bool = False, progress: Callable[[int], object] = lambda n: None
    ) -> SyncReport:
        """Sends what another database lacks; see `sync.sync`. Attempts may run meanwhile."""
        target = Database(url)
        try:
            return sync(self._database, target, whole, progress)
        finally:
            target.close()

    def check(self) -> list[str]:
        """Checks the database's integrity; returns one sentence for each fault.

        Raises:
            InputError: the database cannot be read.
        """
        try:
            return check(self._database)
        except DBAPIError as exc:
            raise InputError(said(exc)) from exc

    def close(self) -> None:
        """Stores what is pending, if possible, and closes the database."""
        self.retry()
        self._database.close()
