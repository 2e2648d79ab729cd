"""Reads attempts from the ledger."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Iterator

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, cast, func, select, tuple_

from edge_app.device.clock import utc_of
from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.database import Database
from edge_app.ledger.evidence import Track, join, unpack
from edge_app.ledger.known_time import (
    CORRECTED,
    TRUSTED,
    UNKNOWN,
    UNTRUSTED,
    starts_between,
    with_clocks,
)
from edge_app.ledger.reading import (
    classes_of,
    corrections_of,
    faults_of,
    repetitions_of,
    students_of,
)
from edge_app.ledger.records import (
    RUNNING,
    STUDENT,
    AttemptDetail,
    AttemptRecord,
    Filter,
    Standing,
    standing,
)

ALL = Filter()
_PAGE = 200  # attempts per query, so that memory does not grow with the school


class Results:
    """Queries about one ledger's attempts; `Ledger.results`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def attempts(
        self, wanted: Filter = ALL, limit: int = _PAGE, before: uuid.UUID | None = None
    ) -> list[AttemptRecord]:
        """The newest attempts first, by the ledger's own order.

        Args:
            wanted: the filter.
            limit: the most attempts to return.
            before: continue after this attempt, the last of the previous page.
        """
        a = schema.attempts
        with self._database.read() as connection:
            query = _matching(connection, wanted).order_by(a.c.seq.desc(), a.c.id.desc())
            if before:
                place = select(a.c.seq, a.c.id).where(a.c.id == before).subquery()
                query = query.where(tuple_(a.c.seq, a.c.id) < select(place).scalar_subquery())
            rows = connection.execute(query.limit(limit)).all()
            return _records(connection, rows)

    def each(self, wanted: Filter = ALL) -> Iterator[AttemptRecord]:
        """All matching attempts, newest first, read page by page."""
        last: uuid.UUID | None = None
        while True:
            page = self.attempts(wanted, _PAGE, last)
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].id

    def attempt(self, attempt: uuid.UUID) -> AttemptDetail:
        """One attempt in full, except its evidence.

        Raises:
            InputError: no such attempt.
        """
        a = schema.attempts
        with self._database.read() as connection:
            rows = connection.execute(_all_attempts()[0].where(a.c.id == attempt)).all()
            if not rows:
                raise InputError(f"no attempt has the id {attempt}")
            (record,) = _records(connection, rows)
            corrections = tuple(corrections_of(connection, [attempt]).get(attempt, ()))
            repetitions = repetitions_of(connection, attempt, corrections)
        row = rows[0]
        return AttemptDetail(record, row.rules, row.model, row.program, repetitions, corrections)

    def find(self, start: str) -> uuid.UUID:
        """The attempt whose id begins with this, ignoring dashes.

        Raises:
            InputError: no attempt matches, or more than one.
        """
        digits = start.replace("-", "").lower()
        if not digits or set(digits) - set("0123456789abcdef"):
            raise InputError(f"'{start}' is not an attempt id")
        a = schema.attempts
        plain = func.replace(cast(a.c.id, Text), "-", "")  # SQLite keeps ids without dashes
        query = select(a.c.id).where(plain.like(f"{digits}%")).limit(2)
        with self._database.read() as connection:
            found = connection.execute(query).scalars().all()
        if len(found) != 1:
            raise InputError(f"{'more than one' if found else 'no'} attempt id begins with {start}")
        one: uuid.UUID = found[0]
        return one

    def track(self, attempt: uuid.UUID) -> Track:
        """The evidence of an attempt; a track without frames if there is none, or none any more.

        Raises:
            InputError: the evidence is damaged.
        """
        e = schema.evidence
        query = select(e.c.data).where(e.c.attempt_id == attempt).order_by(e.c.part)
        with self._database.read() as connection:
            parts = connection.execute(query).scalars().all()
        try:
            return join([unpack(part) for part in parts])
        except ValueError as exc:
            raise InputError(f"attempt {attempt}: {exc}") from exc

    def evidence_bytes(self, attempt: uuid.UUID) -> int:
        """The size of an attempt's evidence on the disk."""
        e = schema.evidence
        query = select(func.coalesce(func.sum(func.length(e.c.data)), 0))
        with self._database.read() as connection:
            return int(connection.execute(query.where(e.c.attempt_id == attempt)).scalar_one())


def _all_attempts() -> tuple[Select[Any], ColumnElement[float | None]]:
    """All attempts, and as in `with_clocks` where a correction moved their start."""
    a = schema.attempts
    query = select(
        a,
        schema.stations.c.name.label("station"),
        schema.endings.c.how.label("ended"),
        schema.clocks.c.trusted.label("trusted"),
    ).select_from(
        a.join(schema.stations, schema.stations.c.id == a.c.station_id).outerjoin(
            schema.endings, schema.endings.c.attempt_id == a.c.id
        )
    )
    query, moved_s = with_clocks(query)
    return query.add_columns(moved_s.label("moved_s")), moved_s


def _matching(connection: Connection, wanted: Filter) -> Select[Any]:
    a = schema.attempts
    query, moved_s = _all_attempts()
    if wanted.student_id:
        # The last correction of the student, if there is one.
        c = schema.corrections
        given = (
            select(c.c.value)
            .where(c.c.attempt_id == a.c.id, c.c.kind == STUDENT)
            .order_by(c.c.seq.desc(), c.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        meant = str(wanted.student_id)
        query = query.where(
            func.coalesce(given == meant, and_(a.c.student_id == wanted.student_id))
        )
    for column, value in (
        (a.c.class_id, wanted.class_id),
        (a.c.exercise, wanted.exercise),
        (a.c.protocol, wanted.protocol),
    ):
        if value is not None:
            query = query.where(column == value)
    return query.where(*starts_between(moved_s, wanted.since, wanted.until))


def _records(connection: Connection, rows: Any) -> list[AttemptRecord]:
    """Records of rows of `_all_attempts`, after corrections."""
    ids = [row.id for row in rows]
    corrections = corrections_of(connection, ids)
    counted: dict[uuid.UUID, dict[int, bool]] = {key: {} for key in ids}
    values: dict[uuid.UUID, dict[int, int]] = {key: {} for key in ids}
    r = schema.repetitions
    query = select(r.c.attempt_id, r.c.number, r.c.counted, r.c.value).where(
        r.c.attempt_id.in_(ids)
    )
    for rep in connection.execute(query):
        counted[rep.attempt_id][rep.number] = rep.counted
        values[rep.attempt_id][rep.number] = rep.value
    faults = faults_of(connection, ids)
    stands = {key: standing(counted[key], values[key], corrections.get(key, ())) for key in ids}
    owner = {row.id: _owner(row, stands[row.id]) for row in rows}
    students = students_of(connection, [key for key in owner.values() if key])
    classes = classes_of(connection, [row.class_id for row in rows if row.class_id])
    return [
        AttemptRecord(
            id=row.id,
            seq=row.seq,
            station=row.station,
            mat=row.mat,
            started_utc=_start(row),
            recorded_start_utc=row.started_utc,
            clock=_clock(row),
            start_s=row.start_s,
            student=students.get(owner[row.id]),
            school_class=classes.get(row.class_id),
            exercise=row.exercise,
            protocol=row.protocol,
            ended=row.ended or RUNNING,
            counted=sum(values[row.id][n] for n, counts in counted[row.id].items() if counts),
            score=stands[row.id].score,
            valid=stands[row.id].valid,
            repetitions=len(counted[row.id]),
            rejected=sum(not v for v in stands[row.id].counted.values()),
            corrections=len(corrections.get(row.id, ())),
            faults=faults[row.id],
        )
        for row in rows
    ]


def _start(row: Any) -> datetime:
    return row.started_utc if row.moved_s is None else utc_of(row.moved_s)


def _clock(row: Any) -> str:
    """What the time of an attempt's start is worth."""
    if row.trusted is None:
        return UNKNOWN
    if row.trusted:
        return TRUSTED
    return UNTRUSTED if row.moved_s is None else CORRECTED


def _owner(row: Any, stands: Standing) -> uuid.UUID | None:
    if stands.student is None:
        stored: uuid.UUID | None = row.student_id
        return stored
    return uuid.UUID(stands.student) if stands.student else None
