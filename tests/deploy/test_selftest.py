"""What a release's self-test leaves out, and where."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
PC = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\n"
NANO = "processor\t: 0\nmodel name\t: ARMv8 Processor rev 1 (v8l)\nCPU implementer\t: 0x41\n"


@pytest.mark.parametrize(
    ("machine", "cpuinfo", "emulated"),
    [("aarch64", PC, True), ("aarch64", NANO, False), ("x86_64", PC, False)],
)
def test_an_arm_system_on_a_pc_is_emulated(
    machine: str, cpuinfo: str, emulated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(DEPLOY))
    selftest = importlib.import_module("updater.selftest")
    assert selftest.emulated(machine, cpuinfo) is emulated
