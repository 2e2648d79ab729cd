"""`reps engine build` for tests, and what its sidecar says."""

from __future__ import annotations

import json
from pathlib import Path

from edge_app.cli.main import main
from edge_app.runtime.open import shipped_model

FAST = shipped_model("fast")
NANO = ("8.2", "5.3", "NVIDIA Tegra X1")


def build(folder: Path, *options: str) -> int:
    return main(["engine", "build", "fast", "--out", str(folder / "pose.engine"), *options])


def said(folder: Path) -> dict:
    return json.loads((folder / "pose.engine.json").read_text())
