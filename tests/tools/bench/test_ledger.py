"""What a repetition costs until it is on the disk, measured on a small result."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.pipeline.build import StoredTrack, rules_of
from edge_app.pipeline.run import run
from edge_app.sinks.document import JsonSink
from edge_app.tools.bench.ledger import main
from tests.exercise.stick_figure import movement, push_up


@pytest.fixture
def result(tmp_path: Path) -> Path:
    """Ten seconds of push-ups at 15 frames a second, as `reps count --json` writes them."""
    path = tmp_path / "result.json"
    times = np.arange(0, 10, 1 / 15)
    stored = StoredTrack([push_up(movement(t, 3), float(t)) for t in times])
    with JsonSink(path, "clip.mp4", "push-up", "free practice", "none") as sink:
        run(stored, [rules_of("push-up").lane(stored.estimate)], [sink])
    return path


def test_times_and_sizes_are_said(
    result: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    open_ledger: Callable[..., Any], capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    ledger = tmp_path / "ledger.sqlite"
    words = ["bench", str(result), "--attempts", "2", "--ledger", str(ledger)]
    monkeypatch.setattr(sys, "argv", words)
    main()
    add, evidence = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"add: 6 repetitions, median [\d.]+ ms, p95 [\d.]+ ms, largest [\d.]+ ms", add
    )
    assert re.fullmatch(r"evidence: [1-9]\d* KiB per minute at 15 frames per second", evidence)
    attempts = open_ledger(str(ledger)).results.attempts()
    assert [(a.repetitions, a.ended) for a in attempts] == [(3, "time")] * 2


def test_without_a_ledger_of_its_own_it_leaves_nothing(
    result: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(result.parent.iterdir())
    monkeypatch.setattr(sys, "argv", ["bench", str(result), "--attempts", "1"])
    main()
    assert "add: 3 repetitions" in capsys.readouterr().out
    assert set(result.parent.iterdir()) == before
