"""Lets the tests of this room import its fakes; without the extra they are skipped whole."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Iterator

import pytest

sys.path.append(str(Path(__file__).parent))
NEEDED = ("fastapi", "uvicorn", "sqlalchemy", "argon2", "prometheus_client")
collect_ignore_glob = [] if all(find_spec(name) for name in NEEDED) else ["test_*.py"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the browser extra")
    from browser import CHROMIUM

    if not CHROMIUM:
        pytest.skip("needs Chromium: apt install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
