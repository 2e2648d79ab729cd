"""What no page of ours sends is turned away."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("httpx", reason="needs the browser extra")

from fastapi.testclient import TestClient

from tests.kiosk.fakes import OURS, ROSTER


def test_a_body_that_is_longer_than_it_said_is_refused(
    teacher: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_app.kiosk.guard.LARGEST_BODY", 50)
    answer = teacher.post("/api/roster/preview", content=iter([ROSTER.encode()]))
    assert "content-length" not in answer.request.headers
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Reps": ""}, 403),  # a form of another site cannot set it
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 400),  # a name that was made to point here
        ({"Origin": "http://testserver"}, 200),
        ({"Host": "192.168.1.20:8080", "Origin": "http://192.168.1.20:8080"}, 200),
        ({"Content-Length": "99999999999"}, 413),
        ({"Host": "["}, 400),
        ({"Origin": "http://["}, 403),
        ({"Host": "gym-1.school.lan"}, 200),  # the settings write it with a capital
    ],
)
def test_other_sites_can_change_nothing(
    anybody: TestClient, headers: dict[str, str], status: int
) -> None:
    assert anybody.post("/api/logout", headers={**OURS, **headers}).status_code == status
