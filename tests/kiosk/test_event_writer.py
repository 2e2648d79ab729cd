"""Events are stored, then told."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.kiosk.event_writer import EventWriter
from edge_app.kiosk.hub import Hub
from edge_app.kiosk.page_state import PageState
from tests.kiosk.fakes import until


def test_a_full_disk_is_said_and_unsaid() -> None:
    answers = iter(["The disk is full.", ""])
    state = PageState({})
    writer = EventWriter(state, Hub(), lambda: "")
    writer.tell(
        "rep", {"mat": 1, "rep": {"number": 1}, "count": 1, "strikes": 0}, lambda: next(answers)
    )
    assert until(lambda: state.snapshot()["problem"] == "The disk is full.")
    assert (
        state.snapshot()["mats"][0]["count"] == 1
    )  # it is in memory and goes out with the next one
    writer.do(lambda: next(answers))
    assert until(lambda: state.snapshot()["problem"] == "")
    writer.close()


def test_work_that_fails_does_not_silence_the_kiosk(caplog: pytest.LogCaptureFixture) -> None:
    state = PageState({})
    writer = EventWriter(state, Hub(), lambda: "")
    writer.tell("missing", {"mat": 1, "joints": ["hip"], "pose": []}, lambda: str(1 // 0))
    writer.tell("missing", {"mat": 1, "joints": ["knee"], "pose": []})
    assert until(lambda: state.snapshot()["mats"][0]["missing"] == ["knee"])
    assert "could not be stored" in state.snapshot()["problem"]
    assert "ZeroDivisionError" in caplog.text
    writer.close()
