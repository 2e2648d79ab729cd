"""The counting loop and its mats: commands that come too late, clips that end, what is stored."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.errors import InputError
from edge_app.kiosk.kiosk import Kiosk
from edge_app.session.protocol import Ending
from tests.kiosk.fakes import FakeCamera, FakeCapture, opened, shown, until


@pytest.fixture
def camera() -> FakeCamera:
    return FakeCamera()


@pytest.fixture
def kiosk(tmp_path: Path, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    yield from opened(tmp_path, camera, monkeypatch.setattr)


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
