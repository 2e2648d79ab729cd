"""Sends a ledger's rows to another database; safe to repeat.

Events never change and have ids of their own, so sending one twice does nothing. They go in the
order of `seq`, a parent always before its children, in transactions of a few hundred: after an
interruption the other side holds whole events, and the next run continues. The roster goes both
ways: of two versions of a row, the one changed last wins.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from sqlalchemy import Connection, Table, and_, or_, select, update
from sqlalchemy.exc import DBAPIError

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.database import Database, said, take_seq
from edge_app.ledger.store import missing

_CHUNK = 300  # rows of each table in one transaction


@dataclass(frozen=True)
class SyncReport:
    """What a run transferred; all zeros if both sides already agreed."""

    events_sent: int
    roster_sent: int
    roster_fetched: int


def sync(
    source: Database,
    target: Database,
    whole: bool = False,
    progress: Callable[[int], object] = lambda events: None,
) -> SyncReport:
    """Brings the target up to date.

    Args:
        source: the kiosk's ledger.
        target: the server's ledger; an empty database gets the schema.
        whole: compare everything, not only what is new since the last run: for a target that
            was restored from an older backup.
        progress: called with the number of events that each transaction compared.

    Raises:
        InputError: one database cannot be reached, or both are the same; what was sent stays sent.
    """
    try:
        target.migrate()
        here, there = _identity(source), _identity(target)
        if here == there:
            raise InputError("cannot sync a ledger with itself")
        with source.read() as connection:
            until = connection.execute(select(schema.ledger.c.last_seq)).scalar_one()
        _copy_stations(source, target)
        sent = fetched = 0
        for table in schema.ROSTER:
            new_there, new_here = _exchange(source, target, table)
            sent, fetched = sent + new_there, fetched + new_here
        marks = {} if whole else _marks(source, there)
        events = 0
        while True:
            rows = _next_events(source, marks, until)
            if not rows:
                return SyncReport(events, sent, fetched)
            events += _receive(target, rows)
            for _, row in rows:
                marks[row["station_id"]] = max(marks.get(row["station_id"], 0), row["seq"])
            _keep_marks(source, there, marks)
            progress(len(rows))
    except DBAPIError as exc:
        raise InputError(f"{said(exc)} What was sent stays sent; run it again.") from exc


def _identity(database: Database) -> uuid.UUID:
    with database.read() as connection:
        own: uuid.UUID = connection.execute(select(schema.ledger.c.database_id)).scalar_one()
    return own


def _copy_stations(source: Database, target: Database) -> None:
    with source.read() as connection:
        rows = [dict(r._mapping) for r in connection.execute(select(schema.stations))]
    with target.write() as connection:
        take_seq(connection, 0)
        new = missing(connection, schema.stations, rows)
        if new:
            connection.execute(schema.stations.insert(), new)


def _exchange(source: Database, target: Database, table: Table) -> tuple[int, int]:
    """Syncs one roster table, page by page by id. Returns the rows changed there and here."""
    sent = fetched = 0
    last: uuid.UUID | None = None
    while True:
        page = select(table).order_by(table.c.id).limit(_CHUNK)
        with source.read() as connection:
            query = page.where(table.c.id > last) if last else page
            ours = {r.id: dict(r._mapping) for r in connection.execute(query)}
        if not ours:
            return sent, fetched
        last = max(ours, key=lambda key: key.hex)
        with target.write() as connection:
            take_seq(connection, 0)
            query = select(table).where(table.c.id.in_(list(ours)))
            theirs = {r.id: dict(r._mapping) for r in connection.execute(query)}
            newer = [r for key, r in ours.items() if _newer(r, theirs.get(key))]
            _put(connection, table, newer, theirs)
        back = [r for key, r in theirs.items() if _newer(r, ours[key])]
        if back:
            with source.write() as connection:
                _put(connection, table, back, ours)
        sent, fetched = sent + len(newer), fetched + len(back)


def _newer(row: Mapping[str, Any], than: Mapping[str, Any] | None) -> bool:
    return than is None or row["changed_utc"] > than["changed_utc"]


def _put(
    connection: Connection,
    table: Table,
    rows: list[dict[str, Any]],
    known: Mapping[uuid.UUID, object],
) -> None:
    new = [row for row in rows if row["id"] not in known]
    if new:
        connection.execute(table.insert(), new)
    for row in rows:
        if row["id"] in known:
            connection.execute(update(table).where(table.c.id == row["id"]).values(row))


def _marks(source: Database, target: uuid.UUID) -> dict[uuid.UUID, int]:
    table = schema.sync_marks
    with source.read() as connection:
        rows = connection.execute(select(table).where(table.c.target_id == target))
        return {row.station_id: row.sent_seq for row in rows}


def _keep_marks(source: Database, target: uuid.UUID, marks: Mapping[uuid.UUID, int]) -> None:
    table = schema.sync_marks
    with source.write() as connection:
        for station, seq in marks.items():
            mine = and_(table.c.target_id == target, table.c.station_id == station)
            done = connection.execute(update(table).where(mine).values(sent_seq=seq))
            if not done.rowcount:
                row = {"target_id": target, "station_id": station, "sent_seq": seq}
                connection.execute(table.insert(), [row])


def _next_events(
    source: Database, marks: Mapping[uuid.UUID, int], until: int
) -> list[tuple[Table, dict[str, Any]]]:
    """The next events of all stations by `seq`; no table's rows run ahead of another's."""
    found: list[tuple[Table, dict[str, Any]]] = []
    cut = until
    with source.read() as connection:
        stations = connection.execute(select(schema.stations.c.id)).scalars().all()
        for table in schema.EVENTS:
            t = table.c
            unsent = or_(*(and_(t.station_id == s, t.seq > marks.get(s, 0)) for s in stations))
            query = select(table).where(unsent, t.seq <= cut).order_by(t.seq).limit(_CHUNK)
            rows = [dict(r._mapping) for r in connection.execute(query)]
            if len(rows) == _CHUNK:
                cut = rows[-1]["seq"]
            found += [(table, row) for row in rows]
    return [(table, row) for table, row in found if row["seq"] <= cut]


def _receive(target: Database, rows: list[tuple[Table, dict[str, Any]]]) -> int:
    """Stores one batch at the target; returns the number of rows that were new there."""
    sent = 0
    with target.write() as connection:
        take_seq(connection, 0)
        for table in schema.EVENTS:
            new = missing(connection, table, [row for t, row in rows if t is table])
            if new:
                connection.execute(table.insert(), new)
            sent += len(new)
        _see_seq(connection, max(row["seq"] for _, row in rows))
    return sent


def _see_seq(connection: Connection, seq: int) -> None:
    """Orders all later events here after those received (Lamport's rule)."""
    t = schema.ledger
    connection.execute(update(t).where(t.c.last_seq < seq).values(last_seq=seq))
