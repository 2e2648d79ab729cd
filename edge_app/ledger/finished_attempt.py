"""Attempts that end before they are stored, such as those of an archive's clips."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Iterable

from edge_app.ledger import schema
from edge_app.ledger.recording import (
    Start,
    attempt_row,
    ending_row,
    evidence_row,
    repetition_rows,
)
from edge_app.ledger.store import Rows, Stamp
from edge_app.session.attempt import Verdict


@dataclass(frozen=True)
class FinishedAttempt:
    """One attempt from beginning to end.

    Attributes:
        id: chosen by the caller, so that the same attempt is not stored twice.
        started: when the student began, as far as known.
        evidence: number of frames and `evidence.pack` of every part, in order.
        ended: as in `Recording.end`.
    """

    id: uuid.UUID
    start: Start
    started: datetime
    verdicts: tuple[Verdict, ...]
    evidence: Iterable[tuple[int, bytes]]
    ended: str


def whole_rows(attempt: FinishedAttempt, stamp: Stamp) -> Rows:
    """All rows of the attempt, parents first, for one transaction."""
    rows: Rows = [(schema.attempts, attempt_row(attempt.id, attempt.start, stamp, attempt.started))]
    for verdict in attempt.verdicts:
        rows += repetition_rows(attempt.id, verdict, stamp)
    for part, (frames, data) in enumerate(attempt.evidence):
        rows.append(evidence_row(attempt.id, part, frames, data, stamp))
    rows.append((schema.endings, ending_row(attempt.id, attempt.ended, stamp)))
    return rows
