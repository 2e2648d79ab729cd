"""What `reps results` says on the screen."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.cli.results_print import attempt_line, print_attempt, print_list
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.records import AttemptRecord
from tests.ledger.making import make_start, make_student, make_verdict


@pytest.fixture
def ledger(tmp_path: Path, open_ledger: Callable[..., Ledger]) -> Ledger:
    return open_ledger(str(tmp_path / "ledger.sqlite"))


@pytest.fixture
def record(ledger: Ledger) -> AttemptRecord:
    """Three repetitions, one rejected for the knee, ended by time."""
    recording = ledger.begin(make_start())
    for number in (1, 2, 3):
        bad = number == 2
        recording.add(make_verdict(number, not bad, ("knee",) if bad else ()))
    recording.end("time")
    return ledger.results.attempt(recording.id).attempt


@pytest.mark.parametrize(
    ("changes", "pieces"),
    [
        ({}, ["(nobody)", "   2  time  knee 1"]),
        ({"ended": ""}, ["   2  running"]),
        ({"valid": False, "corrections": 1}, ["void (counted 2)"]),
        ({"score": 3, "corrections": 2}, ["   3 (counted 2)"]),
        ({"student": make_student("Ada")}, ["Ada Ada  "]),
        ({"student": dataclasses.replace(make_student("", ""), erased=True)}, ["(forgotten)"]),
        ({"faults": {}}, ["   2  time"]),
    ],
)
def test_an_attempt_is_one_line(
    record: AttemptRecord, changes: dict[str, Any], pieces: list[str]
) -> None:
    line = attempt_line(dataclasses.replace(record, **changes))
    assert line.startswith(record.id.hex[:8]) and "\n" not in line
    assert all(piece in line for piece in pieces), line


def test_no_attempts_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_list([])
    assert capsys.readouterr().out == "no attempts\n"


def test_an_attempt_in_full_ends_with_its_corrections(
    ledger: Ledger, record: AttemptRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.correct(record.id, "repetition", "rejected", "Ms Li", "hips down", 1)
    ledger.correct(record.id, "score", "", "Ms Li", "recount")
    print_attempt(ledger.results.attempt(record.id))
    lines = capsys.readouterr().out.splitlines()
    assert [line[:3] for line in lines[1:4]] == ["  1", "  2", "  3"]
    assert lines[1].endswith("score 0.75 → rejected") and "REJECTED" in lines[2]
    assert lines[2].endswith("Mind your knee.") and lines[3].endswith("score 0.75")
    assert lines[4].endswith("Ms Li: repetition 1 rejected: hips down")
    assert lines[5].endswith("Ms Li: score (taken back): recount")
