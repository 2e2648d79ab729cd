"""The counting loop and its mats: commands that come too late, clips that end, what is stored."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.errors import InputError
from edge_app.kiosk.attempt_recorder import NOT_BEGUN
from edge_app.kiosk.hub import Hub
from edge_app.kiosk.kiosk import Kiosk
from edge_app.session.protocol import Ending
from tests.kiosk.fakes import FakeCamera, FakeCapture, opened, until


@pytest.fixture
def camera() -> FakeCamera:
    return FakeCamera()


@pytest.fixture
def kiosk(tmp_path: Path, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    yield from opened(tmp_path, camera, monkeypatch.setattr)


def shown(kiosk: Kiosk) -> dict[str, Any]:
    mat: dict[str, Any] = kiosk.page_state.snapshot()["mats"][0]
    return mat


def attempt(kiosk: Kiosk, count: int = 1) -> uuid.UUID:
    """One from start to stop."""
    kiosk.loop.command("start")
    assert until(lambda: shown(kiosk)["phase"] == "running" and shown(kiosk)["count"] >= count)
    kiosk.loop.command("stop")
    assert until(lambda: shown(kiosk)["phase"] == "finished")
    return uuid.UUID(shown(kiosk)["attempt"])


def last_seconds(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt whose bell has rung while the student is in the middle of a repetition."""
    monkeypatch.setattr("edge_app.session.mat_lane.SETTLE_S", 1e9)
    monkeypatch.setattr("edge_app.session.mat_lane.QUIET_S", 1e9)
    station = kiosk.loop.mats[0].lane
    station.protocol = replace(station.protocol, ending=Ending(time_s=6.0))
    kiosk.loop.command("start")
    assert until(lambda: shown(kiosk)["phase"] == "settling")


def test_a_command_that_was_refused_is_not_done_later(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_app.kiosk.counting_loop.ASK_S", 0.05)
    go_on = threading.Event()
    with pytest.raises(InputError):
        kiosk.loop.ask(go_on.wait)
    with pytest.raises(InputError, match="does not answer"):
        kiosk.loop.command("start")
    go_on.set()
    monkeypatch.setattr("edge_app.kiosk.counting_loop.ASK_S", 10.0)
    assert kiosk.loop.ask(lambda: kiosk.loop.mats[0].lane.phase) == "ready"


def test_a_clip_that_ends_after_the_bell_ends_the_attempt(
    kiosk: Kiosk, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_seconds(kiosk, monkeypatch)
    monkeypatch.setattr(FakeCapture, "live", False)
    camera.plugged.clear()
    assert until(lambda: shown(kiosk)["phase"] == "finished", 5.0)
    assert shown(kiosk)["why"] == "time"


def test_a_kiosk_that_is_closed_after_the_bell_keeps_how_the_attempt_ended(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    last_seconds(kiosk, monkeypatch)
    kiosk.loop.close()
    assert until(lambda: shown(kiosk)["phase"] == "finished", 5.0)
    assert kiosk.ledger.results.attempts()[0].ended == "time"


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


def test_news_after_the_servers_end_stop_nobody() -> None:
    class Closed:
        def call_soon_threadsafe(self, *_: object) -> None:
            raise RuntimeError("Event loop is closed")

    hub = Hub()
    hub.attach(Closed())  # type: ignore[arg-type]
    hub.join(pictures=True)
    hub.picture(b"")
