"""Shared pieces of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"


@pytest.fixture
def data() -> Path:
    """Small clips and tracks made by this project."""
    return DATA
