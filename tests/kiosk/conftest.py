"""A kiosk of fakes, clients of its API, and a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator

import pytest

if TYPE_CHECKING:  # without the extra `kiosk` the modules here are skipped, each with a word
    from fastapi.testclient import TestClient

    from edge_app.kiosk.kiosk import Kiosk


@pytest.fixture
def kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    """Its camera gives pictures as fast as they are taken."""
    from tests.kiosk.fakes import FakeCamera, opened

    yield from opened(tmp_path, FakeCamera(), monkeypatch.setattr)


@pytest.fixture
def anybody(kiosk: Kiosk) -> Iterator[TestClient]:
    """A browser elsewhere in the building that has not given the PIN."""
    from fastapi.testclient import TestClient

    from edge_app.kiosk.app import create_app
    from tests.kiosk.fakes import OURS

    with TestClient(create_app(kiosk), headers=OURS, client=("10.0.0.7", 1)) as client:
        yield client


@pytest.fixture
def teacher(kiosk: Kiosk) -> Iterator[TestClient]:
    """The device's own browser, the PIN given."""
    from fastapi.testclient import TestClient

    from edge_app.kiosk.app import create_app
    from tests.kiosk.fakes import OURS

    with TestClient(create_app(kiosk), headers=OURS) as client:
        assert client.post("/api/pin", json={"new": "2468"}).status_code == 200
        yield client


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the browser extra")
    from tests.kiosk.browser import CHROMIUM

    if not CHROMIUM:
        pytest.skip("needs Chromium: apt install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
