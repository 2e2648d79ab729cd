"""Tells by its values to which table a stored SQLite row belongs, when nothing else says so."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import date, datetime
from typing import Any, Callable, Sequence

from sqlalchemy import JSON, Boolean, Date, Float, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.types import TypeEngine

from edge_app.ledger.schema import METADATA, Utc
from edge_app.ledger.sqlite_pages import RawRow

_HEX = re.compile("[0-9a-f]{32}")


def tables_with_odd_rows(file: sqlite3.Connection) -> list[str]:
    """The tables of a SQLite ledger that have rows with values of a wrong kind, which SQLite itself
    does not notice.

    Raises:
        sqlite3.DatabaseError: a table cannot be read.
    """
    found = []
    for table in METADATA.sorted_tables:
        names = [row[1] for row in file.execute(f"PRAGMA table_info({table.name})")]
        try:
            rows = file.execute(f"SELECT * FROM {table.name}") if names else ()
            odd = any(row_of(table, names, RawRow(0, values)) is None for values in rows)
        except sqlite3.OperationalError as exc:
            if "decode" not in str(exc):  # a text that is not UTF-8
                raise
            odd = True
        if odd:
            found.append(table.name)
    return found


def row_of(table: Table, names: Sequence[str], row: RawRow) -> dict[str, Any] | None:
    """The row's values by column; None if it is not one of this table.

    A row from before a column was added is shorter.

    Args:
        table: the table as it is today.
        names: its columns in the order in which SQLite stores them.
        row: as read from a page.
    """
    if len(row.values) > len(names):
        return None
    found: dict[str, Any] = {}
    for name, stored in zip(names, row.values):
        column = table.c[name]
        number = stored is None and column.primary_key and isinstance(column.type, Integer)
        value = row.rowid if number else stored
        if value is None and not column.nullable:
            return None
        if value is not None and not _may_be(column.type, value):
            return None
        found[name] = value
    needed = names[len(row.values) :]
    optional = (table.c[name].nullable or table.c[name].server_default for name in needed)
    return found if all(optional) else None


def _may_be(kind: TypeEngine[Any], value: Any) -> bool:
    """Whether a stored value may be one of this type."""
    for one, fits in _FITS:
        if isinstance(kind, one):
            return fits(value)
    raise TypeError(f"rows with a column of type {kind} cannot be told apart")


def _text(reads: Callable[[str], object]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        try:
            return isinstance(value, str) and reads(value) is not None
        except ValueError:
            return False

    return fits


_FITS: Sequence[tuple[Any, Callable[[Any], bool]]] = (
    (Boolean, lambda value: isinstance(value, int) and value in (0, 1)),
    (Float, lambda value: isinstance(value, (float, int))),  # whole numbers are stored as integers
    (Integer, lambda value: isinstance(value, int)),
    (LargeBinary, lambda value: isinstance(value, bytes)),
    (Uuid, _text(_HEX.fullmatch)),
    (Utc, _text(datetime.fromisoformat)),
    (Date, _text(date.fromisoformat)),
    (JSON, _text(lambda text: [json.loads(text)])),  # a list: null is valid too
    (Text, _text(str)),
)
