"""Small values for tests of the ledger."""

from __future__ import annotations

import io
import math
import uuid
from datetime import date, datetime
from pathlib import Path
from typing import Callable, Iterable, Sequence

import pytest

from edge_app.device.clock import Moment
from edge_app.device.clock_sources import ClockSources
from edge_app.exercise.rep import Penalty, Reason, Rep
from edge_app.ledger import export
from edge_app.ledger.recording import Start
from edge_app.ledger.roster import Student, student_id
from edge_app.session.attempt import Verdict
from edge_app.session.protocol import Ending, Protocol

NASTY = ('=HYPERLINK("http://x","y")', "+1", "-2", "@SUM(A1)", "'=x", "''t Hooft", "'t Hooft",
         'a "b", c', "李 雷", "＝1+1", "O'Neil;x")  # fmt: skip
TIMED = Protocol("test", "sit-up", "these tests, 2026", Ending(time_s=60.0))


def right_clocks(now: Callable[[], datetime]) -> ClockSources:
    """Clocks of a device whose wall clock was right since its start in 1970."""

    def moment() -> Moment:
        wall_s = now().timestamp()
        return Moment(wall_s, wall_s)

    return ClockSources("one start", moment, lambda: True, lambda: None, built_s=0.0)


def make_start(
    student_id: uuid.UUID | None = None, class_id: uuid.UUID | None = None, start_s: float = 0.0
) -> Start:
    return Start(TIMED, start_s, student_id, class_id, model="fast")


def make_verdict(
    number: int, counted: bool = True, codes: Sequence[str] = (), value: int = 1
) -> Verdict:
    reasons = tuple(Reason(code, f"Mind your {code}.") for code in codes)
    penalty = Penalty(0.25, dict.fromkeys(codes, 0.1), 1.0)
    extremes = {"hip_deg": 61.5, "knee_deg": math.nan}
    t_s = 3.0 * number
    rep = Rep(number, t_s, t_s + 1, t_s + 2, 0.75, counted, reasons, penalty, extremes, value)
    return Verdict(rep, counted, bool(codes), number, reasons)


def fill(folder: Path) -> Path:
    """A file that takes all that is left of a file system."""
    filler = folder / "filler"
    with pytest.raises(OSError, match="No space"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    return filler


def as_csv(columns: Sequence[str], table: Iterable[Sequence[export.Cell]]) -> bytes:
    """A table as it is exported."""
    file = io.StringIO(newline="")
    export.write_csv(file, columns, table)
    return file.getvalue().encode("utf-8-sig")


def make_student(name: str, number: str = "7") -> Student:
    """One of the eighth grade, whose first and last names are the same."""
    return Student(student_id("", number), number, name, name, gender="f",
                   birth_date=date(2012, 2, 29), grade="8")  # fmt: skip
