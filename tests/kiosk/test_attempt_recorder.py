"""What happens on a mat becomes rows of the ledger."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.exercise.definition import find_exercise
from edge_app.exercise.rep import Reason
from edge_app.kiosk.attempt_recorder import NOT_BEGUN, AttemptRecorder
from edge_app.kiosk.event_writer import EventWriter
from edge_app.kiosk.hub import Hub
from edge_app.kiosk.kiosk import Kiosk
from edge_app.kiosk.page_state import PageState
from edge_app.ledger.ledger import Ledger
from edge_app.session.events import Beat, CountedDown, Event, Judged, Missing, PhaseChanged
from edge_app.session.mat_lane import MatLane
from edge_app.session.protocol import free_practice
from edge_app.session.readiness import Lack
from tests.kiosk.fakes import attempt
from tests.ledger.making import make_verdict


def test_the_evidence_has_every_picture_from_go_on(kiosk: Kiosk) -> None:
    for _ in range(2):  # the second one must not give its first picture to the first
        t_s = kiosk.ledger.results.track(attempt(kiosk)).t_s
        assert (t_s == 0.0).sum() == 1
        after = t_s[t_s >= 0]
        assert max(after[1:] - after[:-1]) < 0.05 and len(after) > 50


def test_an_attempt_that_cannot_begin_writes_nothing_into_the_last_one(kiosk: Kiosk) -> None:
    before = kiosk.ledger.results.attempt(attempt(kiosk))
    kiosk.loop.student({"id": str(uuid.uuid4()), "class_id": None, "name": "Nobody"})
    attempt(kiosk, len(before.repetitions) + 2)
    assert kiosk.page_state.snapshot()["problem"] == NOT_BEGUN
    assert kiosk.ledger.results.attempt(before.attempt.id) == before


def told(tmp_path: Path, *events: Event) -> list[tuple[str, dict[str, Any]]]:
    """What the pages hear of these events on mat 2."""
    heard: list[tuple[str, dict[str, Any]]] = []
    hub, state = Hub(), PageState({"zones": [0, 1], "notes": []})
    hub.event = lambda kind, data: heard.append((kind, data))  # type: ignore[method-assign]
    writer = EventWriter(state, hub, lambda: "")
    ledger = Ledger(str(tmp_path / "ledger.sqlite"))
    recorder = AttemptRecorder(ledger, writer, "none", 2)
    lane = MatLane(
        lambda frame: None,  # type: ignore[arg-type, return-value]
        find_exercise("push-up"), free_practice("push-up"),
    )  # fmt: skip
    for event in events:
        recorder.happened(lane, event, "")
    writer.close()
    ledger.close()
    return heard


def test_what_comes_before_go_is_told_with_its_moment(tmp_path: Path) -> None:
    lack = Lack(("elbow",), (Reason("lie", "Lie down."),))
    heard = told(tmp_path, Missing(lack), CountedDown(3), Beat(1))
    assert [kind for kind, _ in heard] == ["missing", "countdown", "beat"]
    missing, countdown, beat = (data for _, data in heard)
    assert missing["joints"] == ["elbow"]
    assert missing["pose"] == [{"code": "lie", "sentence": "Lie down."}]
    assert countdown["left"] == 3 and beat["number"] == 1
    assert countdown["at_ms"] == pytest.approx(time.time() * 1000, abs=60_000)
    assert {data["mat"] for _, data in heard} == {2}


def test_a_repetition_without_an_attempt_is_shown_and_said_to_be_lost(tmp_path: Path) -> None:
    heard = told(tmp_path, Judged(make_verdict(1), 0), PhaseChanged("finished", "time"))
    assert [kind for kind, _ in heard] == ["problem", "rep", "phase"]
    assert heard[0][1]["problem"] == NOT_BEGUN
    assert heard[1][1]["rep"]["number"] == 1 and heard[2][1]["why"] == "time"
