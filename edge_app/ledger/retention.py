"""Which personal data is deleted, and when. Most students are minors.

Nothing is deleted by a time that may be wrong. An event is past its term if a trusted clock
recorded it long enough ago, or if a *sighting* is that old: a trusted clock showed its time when
the ledger already held the event. So what an untrusted clock recorded stays a little longer, never
shorter. Sightings are of stations (all events up to a `seq`), of students (a version of the row)
and of attempts that the ledger does not have but whose video lies beside it.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Iterable, Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
)  # fmt: skip

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.database import Database, take_seq
from edge_app.ledger.records import STUDENT

MOST_DAYS = 36500  # a hundred years; before the year 1 there are no dates
_CHUNK = 500  # ids per query; old versions of SQLite take 999


@dataclass(frozen=True)
class Retention:
    """Days after which personal data is deleted; results themselves stay, without names.

    Attributes:
        evidence_days: for pose tracks and curves: long enough to dispute a result, no longer.
        names_days: for names of students in no class and without attempts for that long.
    """

    evidence_days: int = 90
    names_days: int = 400

    def __post_init__(self) -> None:
        if min(self.evidence_days, self.names_days) < 0:
            raise InputError("days must be at least 0")
        if max(self.evidence_days, self.names_days) > MOST_DAYS:
            raise InputError(f"days must be at most {MOST_DAYS}")


def forget_evidence(database: Database, before: datetime) -> int:
    """Deletes evidence that is surely from before this time; returns the number of attempts
    affected."""
    table = schema.evidence
    old = surely_before(table, before)
    count = select(func.count(table.c.attempt_id.distinct())).where(old)
    with database.write() as connection:
        attempts = connection.execute(count).scalar_one()
        connection.execute(delete(table).where(old))
    return attempts


def forgotten_students(database: Database, rule: Retention, now: datetime) -> list[uuid.UUID]:
    """Students whose names the rule erases; `now` of a trusted clock."""
    s, a, e = schema.students, schema.attempts, schema.enrolments
    before = now - timedelta(days=rule.names_days)
    enrolled = exists().where(e.c.student_id == s.c.id, e.c.active)
    active = exists().where(a.c.student_id == s.c.id, ~surely_before(a, before))
    trusted = exists().where(schema.clocks.c.id == s.c.clock_id, schema.clocks.c.trusted)
    named = select(s.c.id, s.c.changed_utc, s.c.clock_id, trusted.label("trusted"))
    unused = select(s.c.id).where(~s.c.erased, ~enrolled, ~active)
    c = schema.corrections  # an attempt that a teacher assigned to a student is theirs
    given = select(c.c.value).where(c.c.kind == STUDENT, ~surely_before(c, before))
    with database.write() as connection:
        take_seq(connection, 0)  # another program may be noting the same sightings
        rows = connection.execute(named.where(~s.c.erased)).all()
        unsure = {row.id: _version(row) for row in rows if not row.trusted}
        seen = _first_seen(connection, unsure.items(), now)
        kept = set(connection.execute(given).scalars())
        idle = set(connection.execute(unused).scalars()) - {uuid.UUID(one) for one in kept if one}
    since = {row.id: row.changed_utc if row.trusted else seen[row.id] for row in rows}
    return [one for one in idle if since[one] < before]


def past_term(
    database: Database, attempts: Sequence[uuid.UUID], before: datetime, now: datetime
) -> set[uuid.UUID]:
    """Those attempts that surely ended before a time.

    An attempt that the ledger does not have, such as after it was moved aside, counts from when it
    was first asked about.

    Args:
        attempts: their ids.
        before: aware.
        now: of a trusted clock.
    """
    a, e = schema.attempts.c, schema.endings
    found: set[uuid.UUID] = set()
    with database.write() as connection:
        take_seq(connection, 0)
        for at in range(0, len(attempts), _CHUNK):
            some = attempts[at : at + _CHUNK]
            known = set(connection.execute(select(a.id).where(a.id.in_(some))).scalars())
            ended = select(e.c.attempt_id).where(e.c.attempt_id.in_(some))
            found.update(connection.execute(ended.where(surely_before(e, before))).scalars())
            seen = _first_seen(connection, [(one, 0) for one in some if one not in known], now)
            found.update(one for one, time in seen.items() if time < before)
    return found


def surely_before(table: Table, before: datetime) -> ColumnElement[bool]:
    """Whether an event is from before this time, whatever an untrusted clock said of it."""
    c, s, own = schema.clocks.c, schema.sightings.c, table.c
    trusted = exists().where(c.id == own.clock_id, c.trusted)
    seen = exists().where(s.id == own.station_id, s.number >= own.seq, s.seen_utc < before)
    return or_(and_(own.recorded_utc < before, trusted), seen)


def see_stations(connection: Connection, now: datetime) -> None:
    """Notes up to which `seq` the database has the events of each station; `now` is trusted."""
    take_seq(connection, 0)
    stations = connection.execute(select(schema.stations.c.id)).scalars().all()
    last: list[tuple[uuid.UUID, int]] = []
    for station in stations:
        highest = [
            connection.execute(select(func.max(t.c.seq)).where(t.c.station_id == station)).scalar()
            for t in schema.EVENTS
        ]
        last.append((station, max((seq for seq in highest if seq is not None), default=0)))
    _first_seen(connection, last, now)


def _first_seen(
    connection: Connection, things: Iterable[tuple[uuid.UUID, int]], now: datetime
) -> dict[uuid.UUID, datetime]:
    """When a trusted clock first showed its time beside these; now, for those never seen."""
    table, wanted = schema.sightings, dict(things)
    found: dict[uuid.UUID, datetime] = {}
    ids = list(wanted)
    for at in range(0, len(ids), _CHUNK):
        query = select(table).where(table.c.id.in_(ids[at : at + _CHUNK]))
        found.update(
            (row.id, row.seen_utc)
            for row in connection.execute(query)
            if row.number == wanted[row.id]
        )
    new: list[dict[str, Any]] = [
        {"id": one, "number": number, "seen_utc": now}
        for one, number in wanted.items()
        if one not in found
    ]
    if new:
        connection.execute(table.insert(), new)
    return {**dict.fromkeys(wanted, now), **found}


def _version(row: Any) -> int:
    """A number that is another one after each change of a student."""
    changed = f"{row.changed_utc.isoformat()} {row.clock_id}".encode()
    return int.from_bytes(hashlib.blake2b(changed, digest_size=7).digest(), "big")
