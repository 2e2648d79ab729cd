"""Requests made up from the OpenAPI: nothing that a browser can send makes the server fail."""

from __future__ import annotations

from typing import Any, Iterator

import pytest

pytest.importorskip("schemathesis", reason="needs the browser extra")

import schemathesis
from fakes import FakeCamera, opened
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from edge_app.kiosk.app import create_app
from edge_app.kiosk.kiosk import Kiosk

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::Warning")]
EXAMPLES = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
HEADERS = {"X-Reps": "1"}
SESSION = "login|logout|pin"  # they would end the session of the others


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kiosk]:
    with pytest.MonkeyPatch.context() as patch:
        yield from opened(tmp_path_factory.mktemp("kiosk"), FakeCamera(), patch.setattr)


@pytest.fixture(scope="module")
def as_teacher(kiosk: Kiosk) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(kiosk)).exclude(
        path_regex=SESSION
    )


@pytest.fixture(scope="module")
def as_anybody(kiosk: Kiosk) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(kiosk))


@pytest.fixture(scope="module")
def cookie(kiosk: Kiosk) -> dict[str, str]:
    with TestClient(create_app(kiosk), headers=HEADERS) as client:
        kiosk.pins.set("2468")
        client.post("/api/login", json={"pin": "2468"})
        return dict(client.cookies)


teachers = schemathesis.pytest.from_fixture("as_teacher")
anybodys = schemathesis.pytest.from_fixture("as_anybody")


@teachers.parametrize()
@EXAMPLES
def test_no_request_of_a_teacher_makes_the_server_fail(case: Any, cookie: dict[str, str]) -> None:
    case.call_and_validate(checks=(not_a_server_error,), headers=HEADERS, cookies=cookie)


@anybodys.parametrize()
@EXAMPLES
def test_no_request_of_anybody_makes_the_server_fail(case: Any) -> None:
    case.call_and_validate(checks=(not_a_server_error,), headers=HEADERS)


def test_the_paths_are_there(as_anybody: Any) -> None:
    assert len(list(as_anybody.get_all_operations())) >= 25
