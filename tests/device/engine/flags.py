"""What the fake TensorRT was asked for."""

from __future__ import annotations

import json
from pathlib import Path


def flags(engine: Path) -> list[str]:
    """The precisions that the fake builder was allowed."""
    found: list[str] = json.loads(engine.read_bytes().split(b"\n")[1])["flags"]
    return found
