"""Small values for tests of the ledger."""

from __future__ import annotations

import math
import uuid
from typing import Sequence

from edge_app.exercise.rep import Penalty, Reason, Rep
from edge_app.ledger.recording import Start
from edge_app.session.attempt import Verdict
from edge_app.session.protocol import Ending, Protocol

TIMED = Protocol("test", "sit-up", "these tests, 2026", Ending(time_s=60.0))


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
