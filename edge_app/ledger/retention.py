"""Which personal data is deleted, and when. Most students are minors."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.database import Database
from edge_app.ledger.records import STUDENT

MOST_DAYS = 36500  # a hundred years; before the year 1 there are no dates


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
    """Deletes evidence recorded before this time; returns the number of attempts affected."""
    table = schema.evidence
    old = table.c.recorded_utc < before
    count = select(func.count(table.c.attempt_id.distinct())).where(old)
    with database.write() as connection:
        attempts = connection.execute(count).scalar_one()
        connection.execute(delete(table).where(old))
    return attempts


def forgotten_students(database: Database, rule: Retention, now: datetime) -> list[uuid.UUID]:
    """Students whose names the rule erases."""
    s, a, e = schema.students, schema.attempts, schema.enrolments
    before = now - timedelta(days=rule.names_days)
    enrolled = exists().where(e.c.student_id == s.c.id, e.c.active)
    active = exists().where(a.c.student_id == s.c.id, a.c.started_utc >= before)
    query = select(s.c.id).where(~s.c.erased, s.c.changed_utc < before, ~enrolled, ~active)
    c = schema.corrections  # an attempt that a teacher assigned to a student is theirs
    given = select(c.c.value).where(c.c.kind == STUDENT, c.c.recorded_utc >= before)
    with database.read() as connection:
        kept = set(connection.execute(given).scalars())
        return [one for one in connection.execute(query).scalars() if str(one) not in kept]
