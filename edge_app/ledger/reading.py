"""The queries behind `results`, each for many attempts at once."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Connection, func, select

from edge_app.exercise.rep import Reason
from edge_app.ledger import schema
from edge_app.ledger.known_time import right_times
from edge_app.ledger.records import Correction, Repetition, standing
from edge_app.ledger.roster import SchoolClass, Student, class_of, student_of


def corrections_of(
    connection: Connection, attempts: list[uuid.UUID]
) -> dict[uuid.UUID, list[Correction]]:
    """By attempt, in their order."""
    c = schema.corrections
    query = select(c).where(c.c.attempt_id.in_(attempts)).order_by(c.c.seq, c.c.id)
    rows = connection.execute(query).all()
    found: dict[uuid.UUID, list[Correction]] = {}
    for row, at in zip(rows, right_times(connection, rows)):
        one = Correction(row.id, at, row.seq, row.kind, row.value, row.who, row.why, row.number)
        found.setdefault(row.attempt_id, []).append(one)
    return found


def faults_of(connection: Connection, attempts: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """By attempt: fault code → number of repetitions the machine rejected for it."""
    r, f = schema.repetitions, schema.faults
    query = (
        select(r.c.attempt_id, f.c.code, func.count())
        .join(f, f.c.repetition_id == r.c.id)
        .where(r.c.attempt_id.in_(attempts), ~r.c.counted)
        .group_by(r.c.attempt_id, f.c.code)
        .order_by(f.c.code)
    )
    found: dict[uuid.UUID, dict[str, int]] = {key: {} for key in attempts}
    for attempt, code, number in connection.execute(query):
        found[attempt][code] = number
    return found


def repetitions_of(
    connection: Connection, attempt: uuid.UUID, corrections: tuple[Correction, ...]
) -> tuple[Repetition, ...]:
    """Repetitions of one attempt by number, after its corrections."""
    r, f = schema.repetitions, schema.faults
    rows = connection.execute(select(r).where(r.c.attempt_id == attempt).order_by(r.c.number)).all()
    ids = [row.id for row in rows]
    reasons: dict[uuid.UUID, list[Any]] = {key: [] for key in ids}
    query = (
        select(f)
        .join(r, r.c.id == f.c.repetition_id)
        .where(r.c.attempt_id == attempt)
        .order_by(f.c.position)
    )
    for fault in connection.execute(query):
        reasons[fault.repetition_id].append(fault)
    counted = {row.number: row.counted for row in rows}
    stands = standing(counted, {row.number: row.value for row in rows}, corrections).counted
    return tuple(
        Repetition(
            id=row.id,
            number=row.number,
            start_s=row.start_s,
            extreme_s=row.extreme_s,
            end_s=row.end_s,
            counted=row.counted,
            stands=stands[row.number],
            fault=row.fault,
            value=row.value,
            count=row._mapping["count"],  # a row has a method of that name
            score=row.score,
            reasons=tuple(Reason(f.code, f.sentence) for f in reasons[row.id]),
            shares={f.code: f.share for f in reasons[row.id]},
            extremes=row.extremes,
            recorded_utc=at,
        )
        for row, at in zip(rows, right_times(connection, rows))
    )


def students_of(connection: Connection, ids: list[Any]) -> dict[Any, Student]:
    """By id, erased ones included."""
    table = schema.students
    rows = connection.execute(select(table).where(table.c.id.in_(set(ids))))
    return {row.id: student_of(row) for row in rows}


def classes_of(connection: Connection, ids: list[Any]) -> dict[Any, SchoolClass]:
    """By id."""
    table = schema.classes
    rows = connection.execute(select(table).where(table.c.id.in_(set(ids))))
    return {row.id: class_of(row) for row in rows}
