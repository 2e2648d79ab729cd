"""Requests made up from the OpenAPI: nothing that a browser can send makes the server fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")
pytest.importorskip("schemathesis", reason="needs the browser extra")

import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings

from edge_app.kiosk.app import create_app
from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import FakeCamera, opened

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::Warning")]
EXAMPLES = settings(
    max_examples=20,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
HEADERS = {"X-Reps": "1"}
SESSION = "login|logout|pin"  # they would end the session of the others
FEWEST = 20  # operations; fewer and the description is not what it was


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    yield from opened(tmp_path, FakeCamera(), monkeypatch.setattr)


@pytest.fixture
def schema(kiosk: Kiosk) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(kiosk))


def try_all(schema: Any, **session: Any) -> dict[int, int]:
    """Sends requests to every operation; how often each status came back."""
    seen: dict[int, int] = {}
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) >= FEWEST
    for operation in operations:

        @EXAMPLES
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            status = case.call(headers=HEADERS, **session).status_code
            seen[status] = seen.get(status, 0) + 1
            assert status < 500, f"{case.method} {case.path}: {status}"

        send()
    return seen


def test_no_request_of_a_teacher_makes_the_server_fail(kiosk: Kiosk, schema: Any) -> None:
    with TestClient(create_app(kiosk), headers=HEADERS) as client:
        kiosk.pins.set("2468")
        client.post("/api/login", json={"pin": "2468"})
        cookies = dict(client.cookies)
    seen = try_all(schema.exclude(path_regex=SESSION), cookies=cookies)
    assert seen[200] > 50 and 401 not in seen


def test_no_request_of_anybody_makes_the_server_fail(schema: Any) -> None:
    assert try_all(schema)[401] > 50
