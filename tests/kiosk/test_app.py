"""Every route: who may, what comes back, what is refused."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from edge_app.kiosk.kiosk import Kiosk

ZERO = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize("page", ["/", "/class", "/results", "/settings", "/health"])
def test_pages_are_served_and_ask_no_other_site(anybody: TestClient, page: str) -> None:
    answer = anybody.get(page)
    assert answer.status_code == 200 and "text/html" in answer.headers["content-type"]
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "//" not in answer.text.replace("<!doctype", "")


CLOSED = [
    ("GET", "/api/classes"), ("GET", "/api/students"), ("POST", "/api/students"),
    ("POST", "/api/roster/preview"), ("POST", "/api/roster/import"),
    ("GET", "/api/roster/last"), ("POST", "/api/roster/undo"),
    ("PUT", "/api/station/student"), ("GET", "/api/attempts"), ("GET", "/api/attempts/{attempt}"),
    ("GET", "/api/attempts/{attempt}/curve"), ("POST", "/api/attempts/{attempt}/corrections"),
    ("GET", "/api/export/{form}"), ("GET", "/api/settings"), ("PUT", "/api/settings"),
    ("GET", "/api/cameras"), ("POST", "/api/camera/reopen"), ("POST", "/api/station/undo"),
    ("POST", "/api/station/pause"), ("POST", "/api/station/start"),
    ("GET", "/api/attempts/{attempt}/video"), ("DELETE", "/api/attempts/{attempt}/video"),
]  # fmt: skip
OPEN = {
    "/api/station", "/api/station/{command}", "/api/exercises", "/api/protocols", "/api/me",
    "/api/login", "/api/logout", "/api/pin", "/api/health", "/healthz", "/metrics",
}  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_without_the_pin_there_is_no_roster_and_no_command(
    anybody: TestClient, method: str, path: str
) -> None:
    url = path.format(attempt=ZERO, form="csv")
    body = {"first_name": "X", "kind": "score", "who": "x", "why": "x"} if method != "GET" else None
    assert anybody.request(method, url, json=body).status_code == 401


def test_every_route_is_said_to_be_open_or_closed(anybody: TestClient) -> None:
    assert set(anybody.get("/openapi.json").json()["paths"]) <= OPEN | {path for _, path in CLOSED}


@pytest.mark.parametrize("body", ['{"pin": NaN}', '{"pin": "\\ud800"}', "{", '{"pin": []}'])
def test_a_body_that_makes_no_sense_is_refused(anybody: TestClient, body: str) -> None:
    answer = anybody.post("/api/login", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"]


def test_a_ledger_that_is_gone_is_said(
    kiosk: Kiosk, teacher: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("SELECT", None, Exception("connection refused"))

    monkeypatch.setattr(type(kiosk.ledger.roster), "classes", gone)
    answer = teacher.get("/api/classes")
    assert answer.status_code == 503
    assert answer.json() == {"detail": "The ledger cannot be reached: connection refused."}


def test_paths_from_outside_reach_no_file(anybody: TestClient) -> None:
    for path in (
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/../pin.json",
    ):
        assert anybody.get(path).status_code in (400, 404)
