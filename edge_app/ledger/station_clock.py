"""The clock of one station: stamps events, remembers in the ledger what the clock was worth, and
says whether data past its term may be deleted now.

A row of `clocks` covers the time until the clock jumps, or is trusted or distrusted. Within one
start of a device only jumps change the offset between its wall clock and the time since the start;
so an event from before a correction has its right time by the offset that is trusted later.
"""

from __future__ import annotations

import os
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Sequence

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from edge_app.device.clock import ClockState, Judgement, Moment, Witnesses, judge, jumped
from edge_app.device.clock_sources import ClockSources
from edge_app.ledger import schema
from edge_app.ledger.database import Database, parse_url
from edge_app.ledger.retention import see_stations
from edge_app.ledger.store import Stamp, Store

UNREADABLE = Judgement(False, "cannot be compared with the ledger, which cannot be read")


@dataclass(frozen=True)
class Span:
    """One row of `clocks`: the clock since `boot_s`, until the next row of this start."""

    id: uuid.UUID
    boot_s: float
    offset_s: float
    trusted: bool


class StationClock:
    """May be used from several threads.

    Args:
        sources: where to read the clocks.
        store: of this station; new rows of `clocks` go through it, before the events they stamp.
    """

    def __init__(self, database: Database, sources: ClockSources, store: Store) -> None:
        self._database, self._sources, self._store = database, sources, store
        self._lock = threading.Lock()
        self._spans: list[Span] | None = None  # of this start; None until the ledger was read
        self._own: Span | None = None  # that stamps events now
        self._judgement: Judgement | None = None  # until the first look

    def stamp(self) -> Stamp:
        """The time of an event that happens now. Never raises on a disk error."""
        moment = self._sources.now()
        with self._lock:
            own = self._own
            if own is None or jumped(own.offset_s, moment.offset_s):
                own = self._look(moment)
            return Stamp(moment.utc, own.id, moment.boot_s)

    def look(self) -> ClockState:
        """Judges the clock again; call it every minute. Never raises on a disk error."""
        moment = self._sources.now()
        with self._lock:
            self._look(moment)
            return self._state(moment)

    @property
    def state(self) -> ClockState:
        """As of the last look."""
        moment = self._sources.now()
        with self._lock:
            if self._judgement is None:
                self._look(moment)
            return self._state(moment)

    def _look(self, moment: Moment) -> Span:
        """Judges the clock; begins a new span after a jump or a change of trust."""
        known: Sequence[Span] = self._spans or ()
        try:
            with self._database.read() as connection:
                if self._spans is None:
                    self._spans = self._read_spans(connection)
                known = self._spans
                judgement = judge(moment, witnesses(connection, self._sources, known))
        except DBAPIError:
            judgement = UNREADABLE
        self._judgement = judgement
        last = self._own or (known[-1] if known else None)  # another program's will do
        if (
            last is not None
            and last.trusted == judgement.trusted
            and not jumped(last.offset_s, moment.offset_s)
        ):
            self._own = last
            return last
        self._own = own = Span(uuid.uuid4(), moment.boot_s, moment.offset_s, judgement.trusted)
        if self._spans is not None:
            self._spans.append(own)
        row = {
            "id": own.id, "recorded_utc": moment.utc, "boot": self._sources.boot,
            "boot_s": own.boot_s, "offset_s": own.offset_s, "trusted": own.trusted,
            "why": judgement.why,
        }  # fmt: skip
        self._store.put([(schema.clocks, row)])
        if own.trusted:
            self._see(moment.utc)
        return own

    def _read_spans(self, connection: Connection) -> list[Span]:
        spans, own = spans_of(connection, self._sources.boot), self._own
        waits = own is not None and own.id not in {one.id for one in spans}  # not stored yet
        return [*spans, own] if own and waits else spans

    def _see(self, now: datetime) -> None:
        """What the ledger holds now is at least as old as now, whatever its own clock said."""
        try:
            with self._database.write() as connection:
                see_stations(connection, now)
        except DBAPIError:
            return  # the next retention run does it again

    def _state(self, moment: Moment) -> ClockState:
        return state_of(moment, self._judgement or UNREADABLE, self._spans or [])


def spans_of(connection: Connection, boot: str) -> list[Span]:
    """The spans of this start, of all programs of the device, in the order of time."""
    c = schema.clocks.c
    query = select(c.id, c.boot_s, c.offset_s, c.trusted).where(c.boot == boot)
    return [Span(*row) for row in connection.execute(query.order_by(c.boot_s, c.seq))]


def witnesses(connection: Connection, sources: ClockSources, spans: Sequence[Span]) -> Witnesses:
    """All that speaks for or against the clock, read now."""
    c, a, s = schema.clocks.c, schema.attempts.c, schema.sightings.c
    newest = select(a.recorded_utc).join(schema.clocks, c.id == a.clock_id).where(c.trusted)
    times = [
        connection.execute(query).scalar()
        for query in (
            select(func.max(c.recorded_utc)).where(c.trusted),
            select(func.max(s.seen_utc)),
            newest.order_by(a.seq.desc(), a.id.desc()).limit(1),
        )
    ]
    entries = [time.timestamp() for time in times if time is not None]
    return Witnesses(
        synchronised=sources.synchronised(),
        rtc_s=sources.rtc_s(),
        rtc_trusted=sources.rtc_trusted,
        built_s=sources.built_s,
        last_entry_s=max(entries, default=None),
        confirmed_s=next((one.offset_s for one in reversed(spans) if one.trusted), None),
    )


def state_of(moment: Moment, judgement: Judgement, spans: Sequence[Span]) -> ClockState:
    """The state of a clock after these spans of its start."""
    calm_s = corrected_s = None
    pairs = list(zip(spans, spans[1:]))
    now = Span(uuid.UUID(int=0), moment.boot_s, moment.offset_s, judgement.trusted)
    if spans:
        pairs.append((spans[-1], now))
    for before, after in pairs:
        if jumped(before.offset_s, after.offset_s):
            calm_s = moment.boot_s - after.boot_s
            if after.trusted and not before.trusted:
                corrected_s = after.offset_s - before.offset_s
    return ClockState(judgement.trusted, judgement.why, calm_s, corrected_s)


def clock_of(url: str, sources: ClockSources) -> ClockState | None:
    """The state of the clock, compared with a ledger that is only read.

    Returns:
        None if there is no ledger, it cannot be read, or it is of an older release.

    Raises:
        InputError: not the URL of a supported database.
    """
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite" and not os.path.isfile(parsed.database or ""):
        return None
    database, moment = Database(url), sources.now()
    try:
        with database.read() as connection:
            spans = spans_of(connection, sources.boot)
            judgement = judge(moment, witnesses(connection, sources, spans))
    except DBAPIError:
        return None
    finally:
        database.close()
    return state_of(moment, judgement, spans)
