"""How the kiosk is, for a teacher and for Prometheus."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient

from edge_app.kiosk.app import create_app
from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import OURS, FakeCamera, fake_kiosk, until
from tests.ledger.shaky_clock import ShakyClock


def test_health_and_metrics(kiosk: Kiosk, anybody: TestClient) -> None:
    assert until(lambda: kiosk.loop.frames > 5)
    health = anybody.get("/api/health").json()
    assert health["good"] and health["camera"]["state"] == "good" and health["frames"] > 5
    assert anybody.get("/healthz").json() == {"status": "ok"}
    assert "reps_frames_total" in anybody.get("/metrics").text


@pytest.mark.parametrize("network", [True, False])
def test_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: bool) -> None:
    clock = ShakyClock()
    clock.reboot(0.0)
    begun_s = clock.true_s
    kiosk = fake_kiosk(tmp_path, FakeCamera(), monkeypatch.setattr, clocks=clock.sources())
    try:
        assert kiosk.ledger.clock.state.trusted is False
        if network:
            clock.synchronise()
        kiosk.retention.look()
        with TestClient(create_app(kiosk), headers=OURS, client=("10.0.0.7", 1)) as browser:
            health, metrics = browser.get("/api/health").json(), browser.get("/metrics").text
    finally:
        kiosk.close()
    assert health["clock"]["trusted"] is network
    assert f"reps_clock_trusted {float(network)}\n" in metrics
    if network:
        assert health["clock"]["why"] == "is set by a time server"
        assert health["clock"]["corrected_s"] == pytest.approx(begun_s, abs=0.1)
        assert "reps_clock_corrected_seconds 1." in metrics
        assert "jumped" in health["clock"]["deletes_not"]
    else:
        assert health["clock"]["why"].startswith("says 1970-01-01")
        assert health["clock"]["corrected_s"] is None
        assert "reps_clock_corrected_seconds 0.0\n" in metrics
        assert health["clock"]["deletes_not"].startswith("the clock is not trusted: it says 1970")
