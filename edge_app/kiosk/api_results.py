"""Results for the teacher: the table, one attempt, one student, corrections, exports."""

import io
import uuid
from datetime import date, datetime
from enum import Enum
from typing import Dict, List, Optional

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from edge_app.kiosk.guard import teacher
from edge_app.kiosk.kiosk import Kiosk
from edge_app.ledger.evidence import Track
from edge_app.ledger.export import (
    FITNESSGRAM_COLUMNS,
    RESULT_COLUMNS,
    fitnessgram_rows,
    result_row,
    write_csv,
    write_xlsx,
)
from edge_app.ledger.records import AttemptRecord, Filter, midnight
from edge_app.values import finite

router = APIRouter(prefix="/api", tags=["results"])
MOST_ROWS = 500
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CURVE_POINTS = 2000


class AttemptRow(BaseModel):
    """One attempt. `score` stands after corrections, `counted` is what the machine counted.

    `clock` says what `started_utc` is worth: trusted, corrected, untrusted, or "" for old attempts.
    """

    id: uuid.UUID
    started_utc: datetime
    recorded_start_utc: datetime
    clock: str
    student_id: Optional[uuid.UUID]
    student: str
    school_class: str
    mat: str
    exercise: str
    protocol: str
    score: int
    counted: int
    rejected: int
    ended: str
    valid: bool
    corrections: int
    video: bool


class ReasonOut(BaseModel):
    code: str
    sentence: str


class RepOut(BaseModel):
    number: int
    start_s: float
    extreme_s: float
    end_s: float
    counted: bool
    stands: bool
    score: float
    reasons: List[ReasonOut]
    extremes: Dict[str, Optional[float]]


class CorrectionOut(BaseModel):
    recorded_utc: datetime
    kind: str
    value: str
    who: str
    why: str
    number: Optional[int]


class AttemptOut(BaseModel):
    """One attempt in full, except its curve."""

    attempt: AttemptRow
    repetitions: List[RepOut]
    corrections: List[CorrectionOut]


class Curve(BaseModel):
    """The counting signal: 0 is rest and 1 the extreme of the exercise; None where unknown."""

    t_s: List[float]
    progress: List[Optional[float]]
    angles: Dict[str, List[Optional[float]]]


class CorrectionIn(BaseModel):
    """`kind` (values): repetition (counted, rejected), score, student, validity (void, valid)."""

    kind: str = Field(max_length=20)
    value: str = Field("", max_length=100)
    who: str = Field(max_length=100)
    why: str = Field(max_length=500)
    number: Optional[int] = Field(None, ge=1, le=100_000)


def wanted(
    school_class: Optional[uuid.UUID] = Query(None, alias="class"),
    student: Optional[uuid.UUID] = None,
    exercise: Optional[str] = Query(None, max_length=100),
    protocol: Optional[str] = Query(None, max_length=100),
    since: Optional[date] = None,
    until: Optional[date] = None,
) -> Filter:
    """A filter of attempts; days in the kiosk's time zone, `until` included."""
    return Filter(
        student_id=student,
        class_id=school_class,
        exercise=exercise or None,
        protocol=protocol or None,
        since=midnight(since) if since else None,
        until=midnight(until, 1) if until else None,
    )


@router.get("/attempts", responses={401: {}})
def attempts(
    which: Filter = Depends(wanted),
    before: Optional[uuid.UUID] = None,
    limit: int = Query(100, ge=1, le=MOST_ROWS),
    kiosk: Kiosk = Depends(teacher),
) -> List[AttemptRow]:
    """Attempts, newest first; `before` is the last one of the previous page."""
    found = kiosk.ledger.results.attempts(which, limit, before)
    return [_row(a, kiosk.videos.has(a.id)) for a in found]


@router.get("/attempts/{attempt}", responses={400: {}, 401: {}})
def attempt(attempt: uuid.UUID, kiosk: Kiosk = Depends(teacher)) -> AttemptOut:
    """One attempt, repetition by repetition."""
    return _detail(kiosk, attempt)


@router.get("/attempts/{attempt}/curve", responses={400: {}, 401: {}})
def curve(attempt: uuid.UUID, kiosk: Kiosk = Depends(teacher)) -> Curve:
    """Signal and angles over time; empty if the evidence was deleted."""
    kiosk.ledger.results.attempt(attempt)  # raises if there is no such attempt
    return _curve(kiosk.ledger.results.track(attempt))


@router.post("/attempts/{attempt}/corrections", responses={400: {}, 401: {}})
def correct(attempt: uuid.UUID, body: CorrectionIn, kiosk: Kiosk = Depends(teacher)) -> AttemptOut:
    """Stores a correction as a new row with who and why; the count itself does not change."""
    kiosk.ledger.correct(attempt, body.kind, body.value, body.who, body.why, body.number)
    return _detail(kiosk, attempt)


@router.get("/attempts/{attempt}/video", responses={401: {}, 404: {}}, response_class=FileResponse)
def video(attempt: uuid.UUID, kiosk: Kiosk = Depends(teacher)) -> FileResponse:
    """The attempt's video, if one was stored and is still kept."""
    if not kiosk.videos.has(attempt):
        raise HTTPException(404, "this attempt has no video")
    return FileResponse(kiosk.videos.path(attempt), media_type="video/mp4")


@router.delete("/attempts/{attempt}/video", responses={401: {}, 404: {}})
def delete_video(attempt: uuid.UUID, kiosk: Kiosk = Depends(teacher)) -> Response:
    """Deletes the attempt's video before its retention period ends."""
    if not kiosk.videos.delete(attempt):
        raise HTTPException(404, "this attempt has no video")
    return Response(status_code=204)


class Form(str, Enum):
    """The file format of a table."""

    csv = "csv"
    xlsx = "xlsx"
    fitnessgram = "fitnessgram"


@router.get("/export/{form}", responses={401: {}}, response_class=Response)
def export(
    form: Form, which: Filter = Depends(wanted), kiosk: Kiosk = Depends(teacher)
) -> Response:
    """The matching attempts as a table, oldest first."""
    records = sorted(kiosk.ledger.results.each(which), key=lambda r: r.seq)
    today = date.today().isoformat()
    if form is Form.xlsx:
        book = io.BytesIO()
        write_xlsx(book, "Results", RESULT_COLUMNS, map(result_row, records))
        return _file(book.getvalue(), XLSX_TYPE, f"results-{today}.xlsx")
    text = io.StringIO(newline="")
    if form is Form.csv:
        write_csv(text, RESULT_COLUMNS, map(result_row, records))
    else:
        write_csv(text, FITNESSGRAM_COLUMNS, fitnessgram_rows(records))
    name = f"{'results' if form is Form.csv else 'fitnessgram'}-{today}.csv"
    return _file(text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", name)


def _file(data: bytes, kind: str, name: str) -> Response:
    return Response(data, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, kind)


def _row(record: AttemptRecord, video: bool) -> AttemptRow:
    student = record.student
    return AttemptRow(
        id=record.id,
        started_utc=record.started_utc,
        recorded_start_utc=record.recorded_start_utc,
        clock=record.clock,
        student_id=student.id if student else None,
        student=student.name if student else "",
        school_class=record.school_class.name if record.school_class else "",
        mat=record.mat,
        exercise=record.exercise,
        protocol=record.protocol,
        score=record.score,
        counted=record.counted,
        rejected=record.rejected,
        ended=record.ended,
        valid=record.valid,
        corrections=record.corrections,
        video=video,
    )


def _detail(kiosk: Kiosk, attempt: uuid.UUID) -> AttemptOut:
    detail = kiosk.ledger.results.attempt(attempt)
    return AttemptOut(
        attempt=_row(detail.attempt, kiosk.videos.has(attempt)),
        repetitions=[
            RepOut(
                number=r.number,
                start_s=round(r.start_s, 3),
                extreme_s=round(r.extreme_s, 3),
                end_s=round(r.end_s, 3),
                counted=r.counted,
                stands=r.stands,
                score=round(r.score, 3),
                reasons=[ReasonOut(code=x.code, sentence=x.sentence) for x in r.reasons],
                extremes={k: finite(v) for k, v in r.extremes.items()},
            )
            for r in detail.repetitions
        ],
        corrections=[
            CorrectionOut(
                recorded_utc=c.recorded_utc, kind=c.kind, value=c.value, who=c.who, why=c.why,
                number=c.number,
            )
            for c in detail.corrections
        ],
    )  # fmt: skip


def _curve(track: Track) -> Curve:
    step = max(1, -(-len(track.t_s) // CURVE_POINTS))
    return Curve(
        t_s=[round(t, 3) for t in track.t_s[::step].tolist()],
        progress=[finite(v) for v in track.progress[::step].tolist()],
        angles={
            name: [finite(v) for v in values[::step].tolist()]
            for name, values in track.parameters.items()
            if name.endswith("_deg")
        },
    )
