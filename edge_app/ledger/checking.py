"""Checks the integrity of a ledger."""

from __future__ import annotations

from sqlalchemy import func, select, text

from edge_app.ledger import schema
from edge_app.ledger.database import Database
from edge_app.ledger.evidence import unpack


def check(database: Database) -> list[str]:
    """One sentence for each fault in the file, references, sequence numbers and evidence."""
    faults: list[str] = []
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
