"""A whole ledger has no faults; each kind of damage has its sentence."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from sqlalchemy import update

from edge_app.ledger import schema
from edge_app.ledger.checking import check
from edge_app.ledger.finished_attempt import FinishedAttempt
from edge_app.ledger.ledger import Ledger
from edge_app.values import Pose
from tests.ledger.making import make_start, make_verdict

Open = Callable[..., Ledger]


def test_a_ledger_in_use_is_whole(url: str, open_ledger: Open) -> None:
    ledger = open_ledger(url)
    recording = ledger.begin(make_start())
    recording.sample(Pose.nobody(0.0), 0.5, {"hip_deg": 90.0})
    recording.add(make_verdict(1, codes=("knee",)))
    assert check(ledger._database) == []
    recording.end("time")
    assert check(ledger._database) == []


def test_events_beyond_the_counter(url: str, open_ledger: Open) -> None:
    """A copy of an old counter beside new events: the next kiosk would give numbers twice."""
    ledger = open_ledger(url)
    ledger.begin(make_start()).add(make_verdict(1))
    with ledger._database.write() as connection:
        connection.execute(update(schema.ledger).values(last_seq=0))
    faults = check(ledger._database)
    assert "attempts has event 2, but the last number is 0" in faults
    assert any(fault.startswith("repetitions has event 3, but the last") for fault in faults)


def test_evidence_that_cannot_be_unpacked(url: str, open_ledger: Open) -> None:
    ledger, one = open_ledger(url), uuid.uuid4()
    at = datetime(2026, 11, 22, tzinfo=timezone.utc)
    ledger.store(FinishedAttempt(one, make_start(), at, (), [(1, b"junk")], "stopped"))
    (fault,) = check(ledger._database)
    assert fault.startswith(f"attempt {one}: ") and "evidence" in fault


def test_a_row_that_refers_to_nothing(tmp_path: Path, open_ledger: Open) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = open_ledger(str(path))
    ledger.begin(make_start()).add(make_verdict(1))
    with closing(sqlite3.connect(path)) as file:  # without foreign keys, as another program may
        file.execute("DROP TRIGGER attempts_no_delete")
        file.execute("DELETE FROM attempts")
        file.commit()
    assert "a row of repetitions refers to a missing row of attempts" in check(ledger._database)
