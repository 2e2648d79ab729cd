"""How the kiosk is, for a teacher and for Prometheus."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient

from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import until


def test_health_and_metrics(kiosk: Kiosk, anybody: TestClient) -> None:
    assert until(lambda: kiosk.loop.frames > 5)
    health = anybody.get("/api/health").json()
    assert health["good"] and health["camera"]["state"] == "good" and health["frames"] > 5
    assert anybody.get("/healthz").json() == {"status": "ok"}
    assert "reps_frames_total" in anybody.get("/metrics").text
