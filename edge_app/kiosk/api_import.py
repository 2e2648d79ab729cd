"""Roster import: a preview, then the import, and the last one taken back."""

from datetime import date, datetime
from typing import List, Literal, Optional

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from edge_app.device.clock import likely_today
from edge_app.errors import InputError
from edge_app.kiosk.guard import LARGEST_BODY, teacher
from edge_app.kiosk.kiosk import Kiosk
from edge_app.ledger.rosters.changes import Change, Changed, Renamed
from edge_app.ledger.rosters.found import Reading, RosterFile
from edge_app.ledger.rosters.imports import Import
from edge_app.ledger.rosters.reading import read_roster
from edge_app.ledger.text_encoding import OFFERED

router = APIRouter(prefix="/api/roster", tags=["roster"])
UPLOADED = "the file"
MOST_SHOWN = 500  # changes that a preview lists; the others are only counted
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Order = Literal["day-first", "month-first", "year-first"]


class BadRow(BaseModel):
    """`row` as a spreadsheet counts, the header being 1; `file` of a zip, else ""."""

    file: str
    row: int
    column: str
    problem: str


class ChangeOut(BaseModel):
    """A change: added, changed, moved or left (a student), or renamed (a class).

    `fields` are those that differ; `before` and `after` are their values, or classes.
    """

    kind: str
    name: str
    number: str = ""
    fields: List[str] = []
    before: List[str] = []
    after: List[str] = []


class Preview(BaseModel):
    """The content of a roster file, and what importing it would change.

    `bad` counts all bad rows, `problems` lists the first. `encoding` is the one it was read in,
    "" for Excel; `encodings` are others to try if the names in `sample` are garbled.
    `dates_unknown`: the dates of birth were left out, because they can be read in two ways.
    """

    good: int
    classes: List[str]
    sample: List[str]
    notes: List[str]
    warnings: List[str]
    changes: List[ChangeOut]
    changes_total: int
    encoding: str
    encodings: List[str]
    dates_unknown: bool
    bad: int
    problems: List[BadRow]


class Imported(BaseModel):
    students_added: int
    students_changed: int
    classes_added: int
    enrolments_changed: int
    skipped: int


class LastImport(BaseModel):
    """An import that can be taken back; `rows` of students, classes and who is in which."""

    name: str
    imported_utc: datetime
    rows: int


class Undone(BaseModel):
    """`kept`: new students and classes that have results by now. `changed_since`: rows that were
    changed after the import, and stay."""

    removed: int
    restored: int
    kept: int
    changed_since: int


async def uploaded(request: Request) -> bytes:
    """The request body; `guard.Guard` limits its size, and aborts one longer than announced."""
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(413, f"more than {LARGEST_BODY} bytes") from None


def reading(
    encoding: str = Query("", max_length=40, description="of the file; empty to detect it"),
    dates: Optional[Order] = Query(None, description="what comes first in dates of birth"),
    kiosk: Kiosk = Depends(teacher),
) -> Reading:
    """How the file is read."""
    clock = kiosk.ledger.clock.state
    today = likely_today(clock, date.today())
    return Reading(today, encoding, dates or "", clock_unsure=not clock.trusted)


@router.post("/preview", responses={400: {}, 401: {}, 413: {}}, openapi_extra=UPLOAD)
def preview(
    kiosk: Kiosk = Depends(teacher),
    data: bytes = Depends(uploaded),
    how: Reading = Depends(reading),
) -> Preview:
    """Reads a roster and says what importing it would change; stores nothing.

    CSV with headers, Excel, or a zip of OneRoster, Clever or School Data Sync files.
    """
    found = _read(data, how)
    plan = kiosk.ledger.imports.plan(found)
    return Preview(
        good=len(found.students),
        classes=sorted(c.name for c in found.classes.values()),
        sample=found.sample(),
        notes=found.notes,
        warnings=list(plan.warnings),
        changes=[_change(one) for one in plan.changes[:MOST_SHOWN]],
        changes_total=len(plan.changes),
        encoding=found.encoding,
        encodings=[one for one in OFFERED if one != found.encoding],
        dates_unknown=found.dates_unknown,
        bad=found.bad_total,
        problems=[
            BadRow(
                file=b.file if b.file != UPLOADED else "",
                row=b.row,
                column=b.column,
                problem=b.reason,
            )
            for b in found.bad
        ],
    )


@router.post("/import", responses={400: {}, 401: {}, 413: {}}, openapi_extra=UPLOAD)
def import_roster(
    skip_bad: bool = False,
    name: str = Query(UPLOADED, max_length=200, description="of the file, to tell it by later"),
    kiosk: Kiosk = Depends(teacher),  # before the body, which may be large
    data: bytes = Depends(uploaded),
    how: Reading = Depends(reading),
) -> Imported:
    """Stores a roster: all rows, or with `skip_bad` the good ones."""
    found = _read(data, how)
    plan = kiosk.ledger.imports.store(found, name, skip_bad)
    return Imported(**plan.counts.__dict__, skipped=found.bad_total)


@router.get("/last", responses={401: {}})
def last(kiosk: Kiosk = Depends(teacher)) -> Optional[LastImport]:
    """The import that can be taken back; null if there is none."""
    found = kiosk.ledger.imports.last()
    return _last(found) if found else None


@router.post("/undo", responses={400: {}, 401: {}})
def undo(kiosk: Kiosk = Depends(teacher)) -> Undone:
    """Takes the last import back; results are kept."""
    done = kiosk.ledger.imports.undo()
    return Undone(
        removed=done.removed, restored=done.restored, kept=done.kept,
        changed_since=done.changed_since,
    )  # fmt: skip


def _last(found: Import) -> LastImport:
    return LastImport(name=found.name, imported_utc=found.imported_utc, rows=found.rows)


def _read(data: bytes, how: Reading) -> RosterFile:
    if not data.strip():
        raise InputError("the file is empty")
    return read_roster(data, UPLOADED, how)


def _change(change: Change) -> ChangeOut:
    kind = type(change).__name__.lower()
    if isinstance(change, Renamed):
        return ChangeOut(kind=kind, name=change.before.name, after=[change.after.name])
    if isinstance(change, Changed):
        before, after = change.before.__dict__, change.after.__dict__
        return ChangeOut(
            kind=kind,
            name=change.before.name,
            number=change.before.number,
            fields=change.fields,
            before=[str(before[name] or "") for name in change.fields],
            after=[str(after[name] or "") for name in change.fields],
        )
    return ChangeOut(
        kind=kind,
        name=change.student.name,
        number=change.student.number,
        before=sorted(getattr(change, "left", ())),
        after=sorted(getattr(change, "joined", ())),
    )
