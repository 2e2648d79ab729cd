"""Attempts as read from the ledger: as counted, and as they stand after corrections."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Mapping, Sequence

from edge_app.exercise.rep import Reason
from edge_app.ledger.roster import SchoolClass, Student

RUNNING = ""
FIRST_DAY, LAST_DAY = date(1971, 1, 1), date(2200, 1, 1)

# What a correction may change, and the values it may give.
REPETITION = "repetition"  # "counted" or "rejected": overrules the machine on one repetition
SCORE = "score"  # an integer: replaces the result; "" takes it back
STUDENT = "student"  # the id of another student; "" for nobody on the roster
VALIDITY = "validity"  # "void" or "valid": whether the attempt counts at all
KINDS = (REPETITION, SCORE, STUDENT, VALIDITY)


@dataclass(frozen=True)
class Correction:
    """A teacher's correction, which overrules the machine. `KINDS` lists the values."""

    id: uuid.UUID
    recorded_utc: datetime
    seq: int
    kind: str
    value: str
    who: str
    why: str
    number: int | None = None  # of the repetition


@dataclass(frozen=True)
class Repetition:
    """One repetition. Times are capture times in seconds, as in the evidence.

    Attributes:
        counted: the machine's verdict.
        stands: whether it counts after corrections.
        value: what it adds to the count: 1, or the seconds of a hold.
        count: the machine's count including this one.
        score: 0..1, 1 without any penalty.
        shares: fault code → its share of the penalty, where it has one.
        extremes: parameter → value around the turning point; None if not seen.
    """

    id: uuid.UUID
    number: int
    start_s: float
    extreme_s: float
    end_s: float
    counted: bool
    stands: bool
    fault: bool
    value: int
    count: int
    score: float
    reasons: tuple[Reason, ...]
    shares: Mapping[str, float | None]
    extremes: Mapping[str, float | None]
    recorded_utc: datetime


@dataclass(frozen=True)
class AttemptRecord:
    """One attempt, as shown in a table.

    Attributes:
        seq: its position in the ledger, independent of any clock.
        started_utc: corrected, if the device learned the right time before its next start.
        recorded_start_utc: as the clock said then.
        clock: what `started_utc` is worth: "trusted", "corrected", "untrusted", or "" for attempts
            from before 0.3.
        student, school_class: after corrections; None for somebody not on the roster.
        ended: "time", "strikes", "gap", "cap", "stopped", "unfinished", or "" while it runs.
        counted: the machine's result.
        score: the result after corrections.
        valid: False after a teacher voided the attempt.
        repetitions: number of all repetitions, counted or not.
        rejected: number of those that do not count.
        corrections: number of corrections.
        faults: fault code → number of repetitions the machine rejected for it.
    """

    id: uuid.UUID
    seq: int
    station: str
    mat: str
    started_utc: datetime
    start_s: float
    student: Student | None
    school_class: SchoolClass | None
    exercise: str
    protocol: str
    ended: str
    counted: int
    score: int
    valid: bool
    repetitions: int
    rejected: int
    corrections: int
    faults: Mapping[str, int]
    recorded_start_utc: datetime
    clock: str

    @property
    def clock_trusted(self) -> bool:
        """Whether the clock was trusted when the attempt was recorded."""
        return self.clock == "trusted"


@dataclass(frozen=True)
class AttemptDetail:
    """One attempt in full; `rules` is the protocol in force, value by value."""

    attempt: AttemptRecord
    rules: Mapping[str, object]
    model: str
    program: str
    repetitions: tuple[Repetition, ...]
    corrections: tuple[Correction, ...]  # in their order


@dataclass(frozen=True)
class Filter:
    """A filter of attempts; None does not filter. `since` ≤ start < `until`, both aware."""

    student_id: uuid.UUID | None = None
    class_id: uuid.UUID | None = None
    exercise: str | None = None
    protocol: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def midnight(day: date, days_later: int = 0) -> datetime:
    """The first moment of a day in the device's time zone, clamped to what datetime can hold."""
    day = min(max(day, FIRST_DAY), LAST_DAY) + timedelta(days=days_later)
    return datetime.combine(day, time()).astimezone()


@dataclass(frozen=True)
class Standing:
    """The effect of corrections on an attempt."""

    counted: Mapping[int, bool]  # repetition → whether it stands
    score: int
    valid: bool
    student: str | None  # None: as recorded; else the value of the last such correction


def standing(
    counted: Mapping[int, bool], values: Mapping[int, int], corrections: Sequence[Correction]
) -> Standing:
    """Applies corrections in their order; the last of each kind stands.

    A score that the teacher gave stands above single repetitions until it is taken back.

    Args:
        counted: number of the repetition → the machine's verdict.
        values: number of the repetition → what it adds if it counts.
        corrections: by (seq, id).
    """
    stands = dict(counted)
    last: dict[str, str] = {}
    for correction in corrections:
        if correction.kind == REPETITION and correction.number in stands:
            stands[correction.number] = correction.value == "counted"
        last[correction.kind] = correction.value
    given = last.get(SCORE, "")
    score = int(given) if given else sum(values[number] for number in stands if stands[number])
    return Standing(stands, score, last.get(VALIDITY) != "void", last.get(STUDENT))
