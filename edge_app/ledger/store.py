"""Stores events in the order in which they happened, and keeps those it could not store."""

from __future__ import annotations

import threading
import uuid
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any, List, Mapping, Sequence, Tuple

from sqlalchemy import Connection, Table, select
from sqlalchemy.exc import DBAPIError

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.database import OURS_TO_MEND, Database, said, take_seq

Rows = List[Tuple[Table, Mapping[str, Any]]]  # of one transaction, parents first
_CHUNK = 500  # ids per query; old versions of SQLite take 999


@dataclass(frozen=True)
class Stamp:
    """The time of an event.

    Attributes:
        utc: what the wall clock says.
        clock_id: of the row of `clocks` that says what that is worth.
        boot_s: seconds since the device started.
    """

    utc: datetime
    clock_id: uuid.UUID
    boot_s: float

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of an event."""
        return {"recorded_utc": self.utc, "clock_id": self.clock_id}


class Store:
    """The only writer of this station's events.

    Attributes:
        problem: "" or one sentence that says why events wait in memory.
    """

    def __init__(self, database: Database, station: uuid.UUID) -> None:
        self.problem = ""
        self._database, self._station = database, station
        self._waiting: deque[Rows] = deque()
        self._lock = threading.Lock()

    @property
    def pending(self) -> int:
        """The number of transactions that are in memory only."""
        return len(self._waiting)

    def put(self, rows: Rows) -> bool:
        """Stores these rows after all that wait. True once they are on the disk."""
        with self._lock:
            if rows:
                self._waiting.append(rows)
            return self._flush()

    def flush(self) -> str:
        """Tries again to store what waits; returns "" or the reason it failed."""
        with self._lock:
            self._flush()
            return self.problem

    def put_now(self, rows: Rows) -> None:
        """Stores these rows at once, or discards them.

        Raises:
            InputError: they could not be stored; nothing was changed.
        """
        try:
            with self._lock:
                self._append(rows)
        except DBAPIError as exc:
            if isinstance(exc, OURS_TO_MEND):
                raise
            raise InputError(f"{said(exc)} Nothing was changed.") from exc

    def _flush(self) -> bool:
        while self._waiting:
            try:
                self._append(self._waiting[0])
            except OURS_TO_MEND:
                self._waiting.popleft()  # would block all others; the caller gets the error
                raise
            except DBAPIError as exc:
                self.problem = said(exc)
                return False
            self._waiting.popleft()
        self.problem = ""
        return True

    def _append(self, rows: Rows) -> None:
        """Stores rows in one transaction; skips those whose ids are stored already."""
        by_table: dict[Table, list[Mapping[str, Any]]] = {}
        for table, row in rows:
            by_table.setdefault(table, []).append(row)
        with self._database.write() as connection:
            seq = take_seq(connection, len(rows))
            for table, given in by_table.items():
                new = [
                    {**row, "station_id": self._station, "seq": seq + i}
                    for i, row in enumerate(missing(connection, table, given))
                ]
                if new:
                    connection.execute(table.insert(), new)
                seq += len(new)


def station_id(database: Database, name: str) -> uuid.UUID:
    """The id of the station of this name, which is registered at its first use."""
    table = schema.stations
    with database.write() as connection:
        take_seq(connection, 0)  # another kiosk may be starting
        here = connection.execute(select(schema.ledger.c.database_id)).scalar_one()
        mine = select(table.c.id).where(table.c.name == name, table.c.database_id == here)
        found: uuid.UUID | None = connection.execute(mine).scalar()
        if found is None:
            found = uuid.uuid4()
            row = {"id": found, "database_id": here, "name": name}
            connection.execute(table.insert(), [row])
    return found


def missing(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Those rows whose ids the table does not have."""
    known: set[uuid.UUID] = set()
    ids = [row["id"] for row in rows]
    for at in range(0, len(ids), _CHUNK):
        query = select(table.c.id).where(table.c.id.in_(ids[at : at + _CHUNK]))
        known.update(connection.execute(query).scalars())
    return [row for row in rows if row["id"] not in known]
