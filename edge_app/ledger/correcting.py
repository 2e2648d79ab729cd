"""Which corrections make sense."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, Table, select

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.records import KINDS, REPETITION, SCORE, STUDENT, VALIDITY

_BEYOND = 2**31  # what a database's whole number cannot hold


def require_objects(
    connection: Connection, attempt: uuid.UUID, kind: str, value: str, number: int | None
) -> None:
    """What a correction speaks of is there.

    Raises:
        InputError: the attempt, the repetition or the student is not.
    """
    require(connection, schema.attempts, attempt, "attempt")
    if kind == STUDENT and value:
        require(connection, schema.students, uuid.UUID(value), "student")
    if kind == REPETITION:
        _require_repetition(connection, attempt, number)


def require(connection: Connection, table: Table, key: uuid.UUID | None, what: str) -> None:
    """A row with this id; None needs none.

    Raises:
        InputError: there is none.
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
    """Whether a correction of this kind may have this value; see `records.KINDS`.

    Raises:
        InputError: it may not.
    """
    if kind not in KINDS:
        raise InputError(f"a correction is of one of {', '.join(KINDS)}, not '{kind}'")
    if (number is not None) != (kind == REPETITION):
        raise InputError("a number belongs to the correction of a repetition, and only to that")
    if kind == REPETITION and value not in ("counted", "rejected"):
        raise InputError(f"a repetition is counted or rejected, not '{value}'")
    if kind == VALIDITY and value not in ("void", "valid"):
        raise InputError(f"an attempt is void or valid, not '{value}'")
    if kind == SCORE and value and not (value.isascii() and value.isdigit() and int(value) < 10000):
        raise InputError(f"a score is a number from 0 to 9999, not '{value}'")
    if kind == STUDENT and value:
        try:
            uuid.UUID(value)
        except ValueError as exc:
            raise InputError(f"'{value}' is no student's id") from exc
