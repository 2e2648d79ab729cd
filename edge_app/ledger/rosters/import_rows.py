"""The rows of the import tables: what an import found and what it stored, row by row."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import date
from typing import Any, Dict, Iterable, Mapping, Sequence

from sqlalchemy import Connection, Table, bindparam, delete, select, update

from edge_app.ledger import schema
from edge_app.ledger.roster import CHANGED

_CHUNK = 500  # rows per statement; old versions of SQLite take 999 values
Row = Dict[str, Any]


def chunks(ids: Iterable[uuid.UUID]) -> Iterable[list[uuid.UUID]]:
    every = list(ids)
    return (every[at : at + _CHUNK] for at in range(0, len(every), _CHUNK))


def rows_of(connection: Connection, table: Table, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Row]:
    """Rows by id, less the time of their change."""
    found: dict[uuid.UUID, Row] = {}
    for some in chunks(ids):
        for row in connection.execute(select(table).where(table.c.id.in_(some))):
            found[row.id] = _less_change(row._asdict())
    return found


def update_rows(connection: Connection, table: Table, rows: list[Row]) -> None:
    if rows:
        where = table.c.id == bindparam("which")
        names: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "id"}
        values = [
            {"which": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows
        ]
        connection.execute(update(table).where(where).values(names), values)


def delete_rows(connection: Connection, table: Table, ids: Iterable[uuid.UUID]) -> None:
    for some in chunks(ids):
        connection.execute(delete(table).where(table.c.id.in_(some)))


def forget_imports(connection: Connection, imports: Sequence[int]) -> None:
    rows, table = schema.import_rows, schema.imports
    connection.execute(delete(rows).where(rows.c.import_id.in_(imports)))
    connection.execute(delete(table).where(table.c.id.in_(imports)))


def notes_of(connection: Connection, number: int, table: Table) -> dict[uuid.UUID, Any]:
    rows = schema.import_rows
    mine = select(rows).where(rows.c.import_id == number, rows.c.table_name == table.name)
    return {row.row_id: row for row in connection.execute(mine)}


def referred_to(connection: Connection, table: Table, ids: set[uuid.UUID]) -> set[uuid.UUID]:
    """Those that a result or an enrolment refers to."""
    if table is schema.enrolments:
        return set()
    column = "student_id" if table is schema.students else "class_id"
    used: set[uuid.UUID] = set()
    corrections = schema.corrections
    for some in chunks(ids):
        for other in (schema.attempts, schema.enrolments):
            query = select(other.c[column]).where(other.c[column].in_(some)).distinct()
            used.update(connection.execute(query).scalars())
        names = {str(one): one for one in some}
        given = corrections.c.value.in_(list(names))
        query = select(corrections.c.value).where(corrections.c.kind == "student", given)
        used.update(names[value] for value in connection.execute(query).scalars())
    return used


def note_of(table: Table, row: Row, before: Row | None) -> Row:
    after = _less_change(row)
    return {
        "row_id": row["id"],
        "table_name": table.name,
        "before": None if before is None else json.loads(_as_json(before)),
        "after": digest(after),
    }


def _less_change(row: Row) -> Row:
    """The row without the columns that say when it changed."""
    return {name: value for name, value in row.items() if name not in CHANGED}


def _as_json(row: Row) -> str:
    def text(value: object) -> str:
        return value.isoformat() if isinstance(value, date) else str(value)

    return json.dumps(row, default=text, sort_keys=True)


def digest(row: Row) -> str:
    return hashlib.blake2b(
        _as_json(row).encode("utf-8", "surrogatepass"), digest_size=8
    ).hexdigest()


def revived(table: Table, stored: Mapping[str, Any]) -> Row:
    """A row out of its JSON."""
    values = dict(stored)
    for column in table.columns:
        kind, value = column.type.python_type, values.get(column.name)
        if value is not None and kind is uuid.UUID:
            values[column.name] = uuid.UUID(value)
        elif value is not None and kind is date:
            values[column.name] = date.fromisoformat(value)
    return values
