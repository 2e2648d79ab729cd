"""What recorded times are worth: those of a trusted clock stand; those from before a correction
are moved by it; others stay as recorded. The recorded times themselves never change.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, case, func, select

from edge_app.ledger import schema

TRUSTED, CORRECTED, UNTRUSTED, UNKNOWN = "trusted", "corrected", "untrusted", ""
_CHUNK = 500  # ids per query; old versions of SQLite take 999


@dataclass(frozen=True)
class ClockWorth:
    """What the times of one clock are worth.

    Attributes:
        trusted: the clock was trusted when it gave them.
        shift_s: what must be added to them; 0 if they are right or nobody knows.
    """

    trusted: bool
    shift_s: float | None

    @property
    def word(self) -> str:
        """`TRUSTED`, `CORRECTED` or `UNTRUSTED`."""
        if self.trusted:
            return TRUSTED
        return UNTRUSTED if self.shift_s is None else CORRECTED

    def right(self, recorded_utc: datetime) -> datetime:
        """The right time of an event, as far as known."""
        return recorded_utc + timedelta(seconds=self.shift_s or 0.0)


def worth_of(
    connection: Connection, clocks: Iterable[uuid.UUID | None]
) -> Mapping[uuid.UUID | None, ClockWorth]:
    """By clock; without those that the ledger does not have."""
    c, right = schema.clocks.c, _right_offsets()
    query = select(c.id, c.trusted, c.offset_s, right.c.offset_s.label("right_s")).outerjoin(
        right, right.c.boot == c.boot
    )
    found: dict[uuid.UUID | None, ClockWorth] = {}
    ids = [one for one in set(clocks) if one]
    for at in range(0, len(ids), _CHUNK):
        for row in connection.execute(query.where(c.id.in_(ids[at : at + _CHUNK]))):
            known = None if row.right_s is None else row.right_s - row.offset_s
            found[row.id] = ClockWorth(row.trusted, 0.0 if row.trusted else known)
    return found


def right_times(connection: Connection, events: Sequence[Any]) -> list[datetime]:
    """The right times of rows with `recorded_utc` and `clock_id`, as far as known."""
    worth = worth_of(connection, {row.clock_id for row in events})
    return [
        worth[row.clock_id].right(row.recorded_utc) if row.clock_id in worth else row.recorded_utc
        for row in events
    ]


def with_clocks(attempts: Select[Any]) -> tuple[Select[Any], ColumnElement[float | None]]:
    """Joins the clocks of attempts to a query of them.

    Returns:
        The query, and the right start of an attempt in seconds since 1970 where a correction moved
        it; NULL where `started_utc` stands.
    """
    a, c, right = schema.attempts.c, schema.clocks.c, _right_offsets()
    joined = attempts.outerjoin(schema.clocks, c.id == a.clock_id).outerjoin(
        right, and_(right.c.boot == c.boot, ~c.trusted)
    )
    return joined, a.started_boot_s + right.c.offset_s


def starts_between(
    moved_s: ColumnElement[float | None], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    """Conditions on the right start: `since` ≤ start < `until`; None does not filter."""
    started = schema.attempts.c.started_utc
    found: list[ColumnElement[bool]] = []
    if since:
        moved = moved_s >= since.timestamp()
        found.append(case((moved_s.is_not(None), moved), else_=started >= since))
    if until:
        moved = moved_s < until.timestamp()
        found.append(case((moved_s.is_not(None), moved), else_=started < until))
    return found


def _right_offsets() -> Subquery:
    """By start of a device: the offset at which its clock was trusted last."""
    c = schema.clocks.c
    trusted = select(c.boot, func.max(c.seq).label("seq")).where(c.trusted).group_by(c.boot)
    last = trusted.subquery()
    return (
        select(c.boot, func.max(c.offset_s).label("offset_s"))
        .join(last, and_(last.c.boot == c.boot, last.c.seq == c.seq))
        .where(c.trusted)
        .group_by(c.boot)
        .subquery()
    )
