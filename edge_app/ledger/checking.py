"""Checks the integrity of a ledger."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import func, select, text

from edge_app.ledger import schema
from edge_app.ledger.database import Database
from edge_app.ledger.evidence import unpack
from edge_app.ledger.row_shape import tables_with_odd_rows


def check(database: Database) -> list[str]:
    """One sentence for each fault in the file, references, sequence numbers and evidence."""
    faults = [f"a row of {table} makes no sense" for table in _odd_tables(database)]
    with database.read() as connection:
        if database.dialect == "sqlite":
            for (said,) in connection.execute(text("PRAGMA integrity_check")):
                faults += [] if said == "ok" else [f"the file is damaged: {said}"]
            for row in connection.execute(text("PRAGMA foreign_key_check")):
                faults.append(f"a row of {row[0]} refers to a missing row of {row[2]}")
        last = connection.execute(select(schema.ledger.c.last_seq)).scalar_one()
        for table in schema.EVENTS:
            most = connection.execute(select(func.max(table.c.seq))).scalar()
            if most is not None and most > last:
                faults.append(f"{table.name} has event {most}, but the last number is {last}")
        e = schema.evidence
        blobs = connection.execution_options(yield_per=50).execute(select(e.c.attempt_id, e.c.data))
        for attempt, data in blobs:
            try:
                unpack(data)
            except ValueError as exc:
                faults.append(f"attempt {attempt}: {exc}")
    return faults


def _odd_tables(database: Database) -> list[str]:
    """PostgreSQL takes no value of a wrong kind; SQLite takes any."""
    if database.path is None:
        return []
    try:
        uri = f"{database.path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as file:
            return tables_with_odd_rows(file)
    except sqlite3.DatabaseError:
        return []  # SQLite's own check says more
