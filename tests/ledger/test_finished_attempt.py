"""Attempts that are over before they are stored."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.evidence import Sample, pack, track_of
from edge_app.ledger.finished_attempt import FinishedAttempt, whole_rows
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.store import Stamp
from edge_app.values import Pose
from tests.ledger.making import make_start, make_verdict

MADE = datetime(2025, 6, 1, 9, tzinfo=timezone.utc)
STORED = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


def finished() -> FinishedAttempt:
    parts = [
        (2, pack(track_of([Sample(Pose.nobody(t), 0.5, {"hip_deg": 90.0}) for t in times])))
        for times in ((0.0, 0.1), (0.2, 0.3))
    ]
    verdicts = (make_verdict(1), make_verdict(2, counted=False, codes=("knee", "hand")))
    return FinishedAttempt(uuid.uuid4(), make_start(), MADE, verdicts, parts, "stopped")


def test_rows_stand_after_those_they_refer_to() -> None:
    rows = whole_rows(finished(), Stamp(STORED, uuid.uuid4(), 60.0))
    assert [table.name for table, _ in rows] == [
        "attempts", "repetitions", "repetitions", "faults", "faults", "evidence", "evidence",
        "endings",
    ]  # fmt: skip
    seen = set()
    for _, row in rows:
        above = [row[key] for key in ("attempt_id", "repetition_id") if key in row]
        assert seen.issuperset(above)
        seen.add(row["id"])
    assert len(seen) == len(rows)
    assert (rows[0][1]["started_utc"], rows[0][1]["recorded_utc"]) == (MADE, STORED)
    assert rows[0][1]["started_boot_s"] is None, "a clip's time is not from this clock"


def test_the_same_one_is_stored_once(url: str, open_ledger: Callable[..., Ledger]) -> None:
    ledger, one = open_ledger(url), finished()
    assert ledger.unknown([one.id]) == {one.id}
    ledger.store(one)
    ledger.store(one)
    assert ledger.unknown([one.id]) == set()
    (record,) = ledger.results.attempts()
    assert (record.id, record.counted, record.rejected, record.ended) == (one.id, 1, 1, "stopped")
    assert record.started_utc == MADE and record.faults == {"hand": 1, "knee": 1}
    assert list(ledger.results.track(one.id).t_s) == [0.0, 0.1, 0.2, 0.3]
    assert ledger.check() == []
