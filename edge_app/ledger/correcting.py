"""Validates corrections."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, Table, select

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.records import KINDS, REPETITION, SCORE, STUDENT, VALIDITY

_BEYOND = 2**31  # too large for an integer column


def require_objects(
    connection: Connection, attempt: uuid.UUID, kind: str, value: str, number: int | None
) -> None:
    """Checks that the attempt, repetition and student of a correction exist.

    Raises:
        InputError: one of them does not exist.
    """
    require(connection, schema.attempts, attempt, "attempt")
    if kind == STUDENT and value:
        require(connection, schema.students, uuid.UUID(value), "student")
    if kind == REPETITION:
        _require_repetition(connection, attempt, number)


def require(connection: Connection, table: Table, key: uuid.UUID | None, what: str) -> None:
    """Checks that the table has a row with this id; None always passes.

    Raises:
        InputError: there is no such row.
    """
    if key and not connection.execute(select(table.c.id).where(table.c.id == key)).first():
        raise InputError(f"no {what} has the id {key}")


def _require_repetition(connection: Connection, attempt: uuid.UUID, number: int | None) -> None:
    r = schema.repetitions
    query = select(r.c.id).where(r.c.attempt_id == attempt, r.c.number == number)
    known = number is not None and 0 < number < _BEYOND
    if not known or not connection.execute(query).first():
        raise InputError(f"the attempt has no repetition {number}")


def check_value(kind: str, value: str, number: int | None) -> None:
    """Checks kind, value and repetition number of a correction; see `records.KINDS`.

    Raises:
        InputError: one of them is not allowed.
    """
    if kind not in KINDS:
        raise InputError(f"a correction must be one of {', '.join(KINDS)}, not '{kind}'")
    if (number is not None) != (kind == REPETITION):
        raise InputError("a repetition number goes with the correction of a repetition only")
    if kind == REPETITION and value not in ("counted", "rejected"):
        raise InputError(f"a repetition must be counted or rejected, not '{value}'")
    if kind == VALIDITY and value not in ("void", "valid"):
        raise InputError(f"an attempt must be void or valid, not '{value}'")
    if kind == SCORE and value and not (value.isascii() and value.isdigit() and int(value) < 10000):
        raise InputError(f"a score must be a number from 0 to 9999, not '{value}'")
    if kind == STUDENT and value:
        try:
            uuid.UUID(value)
        except ValueError as exc:
            raise InputError(f"'{value}' is not a student id") from exc
