"""What the units start, with a program that only says how it was called."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

BIN = Path(__file__).parents[2] / "deploy/bin"
PYTHON = """#!/bin/sh
echo "$@"
while [ $# -gt 1 ] && [ "$1" != --out ]; do shift; done
if [ "$1" = --out ]; then echo built >"$2"; fi
"""
KIOSK = (
    "-m edge_app.cli kiosk --settings {0}/etc/edge-reps/station.toml --data {0}/var/lib/edge-reps"
)


@pytest.fixture
def device(tmp_path: Path) -> Path:
    """A root with release 2.0; release 1.0 is gone, its engine is not."""
    for folder in ("etc/edge-reps", "var/lib/edge-reps/engines/1.0"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc/edge-reps/station.toml").write_text('# model = "accurate"\n')
    release = tmp_path / "opt/edge-reps/releases/2.0"
    python = release / "venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    (release / "bin").mkdir()
    for script in BIN.iterdir():
        text = script.read_text()
        for place in ("/etc/edge-reps", "/var/lib/edge-reps", "/opt/edge-reps"):
            text = text.replace(place, f"{tmp_path}{place}")
        (release / "bin" / script.name).write_text(text)
    return tmp_path


def started(device: Path, script: str) -> list[str]:
    command = ["sh", str(device / "opt/edge-reps/releases/2.0/bin" / script)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_the_engine_is_built_once_and_taken(device: Path) -> None:
    kiosk = KIOSK.format(device)
    engine = device / "var/lib/edge-reps/engines/2.0/pose-fast.engine"
    assert started(device, "kiosk") == [kiosk]
    said = started(device, "engine")
    assert said[-1] == f"-m edge_app.cli engine build fast --out {engine}"
    assert [path.name for path in engine.parents[1].iterdir()] == ["2.0"]
    assert started(device, "engine") == []
    # Whatever is wrong with the engine, the station counts.
    assert started(device, "kiosk") == [f"{kiosk} --model {engine} --allow-fallback"]
    (device / "etc/edge-reps/station.toml").write_text('model = "accurate"\n')
    assert started(device, "kiosk") == [kiosk]
