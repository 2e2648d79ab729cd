"""The power cut a hundred times during updates: always a release, always the whole ledger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.power_cut import fault_points

KILLS, AT_ONCE = 100, 2


@pytest.mark.slow
def test_a_hundred_power_cuts(installed: Path, keys: Path, tmp_path: Path) -> None:
    script = Path(__file__).with_name("power_cut.py")
    outs = [tmp_path / f"{seed}.json" for seed in range(AT_ONCE)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    given = [sys.executable, str(script), str(installed), str(keys), str(KILLS // AT_ONCE)]
    runs = [
        subprocess.Popen(
            [*given, str(seed), str(out)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for seed, out in enumerate(outs)
    ]  # fmt: skip
    for process in runs:
        said, _ = process.communicate()
        assert process.returncode == 0, said
    results = [json.loads(out.read_text()) for out in outs]
    print(json.dumps(results))
    assert sum(result["cuts"] for result in results) >= KILLS
    where = {how for result in results for how in result["where"]}
    assert {f"cut at: {point}" for point in fault_points()} <= where, "a step was never cut"
    started = {which for result in results for which in result["started"]}
    assert started == {"the old", "the new"}
