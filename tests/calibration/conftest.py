"""Shared networks, made once; the modules that ask for them need the extra `int8`."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def fp32() -> Any:
    """A float network. Copy it before changing it."""
    from tests.calibration.tiny_network import tiny_network

    return tiny_network()


@pytest.fixture(scope="session")
def int8(fp32: Any) -> Any:
    """The same, quantised. Copy it before changing it."""
    from calibration.quantise import Recipe, quantise
    from tests.calibration.tiny_network import KEEP, blobs

    return quantise(fp32, blobs(), Recipe(correct_bias=False, keep_float=KEEP))
