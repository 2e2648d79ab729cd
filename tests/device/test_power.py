"""Rails of an Orin and a Nano in folders, and a tegrastats of our own."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from edge_app.device import power

ORIN = "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon1"
NANO = "sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0"
ORIN_LINE = (
    "11-28-2026 12:00:01 RAM 2100/7620MB (lfb 82x4MB) SWAP 0/3810MB (cached 0MB) "
    "CPU [12%@1510,off] EMC_FREQ 3%@2133 GR3D_FREQ 57% cpu@45.5C tj@50.1C "
    "VDD_IN 4912mW/4890mW VDD_CPU_GPU_CV 1023mW/1000mW VDD_SOC 1300mW/1290mW"
)
NANO_LINE = (
    "RAM 2100/3956MB (lfb 82x4MB) IRAM 0/252kB(lfb 252kB) CPU [1%@1479,2%@1479] EMC_FREQ 0% "
    "GR3D_FREQ 99% PLL@34C POM_5V_IN 3200/3100 POM_5V_GPU 120/110 POM_5V_CPU 480/470"
)


def lay(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_an_orins_rails_are_volts_times_amperes(tmp_path: Path) -> None:
    lay(tmp_path, {
        f"{ORIN}/in1_label": "VDD_IN\n", f"{ORIN}/in1_input": "5000\n",
        f"{ORIN}/curr1_input": "1200\n",
        f"{ORIN}/in2_label": "VDD_SOC\n", f"{ORIN}/in2_input": "5000\n",
        f"{ORIN}/curr2_input": "300\n",
        f"{ORIN}/in7_label": "sum of shunt voltages\n", f"{ORIN}/in7_input": "5\n",
        f"{ORIN}/in3_label": "VDD_X\n", f"{ORIN}/in3_input": "no number\n",
        f"{ORIN}/curr3_input": "300\n",
    })  # fmt: skip
    rails = power.rails_w(tmp_path)
    assert rails == {"VDD_IN": 6.0, "VDD_SOC": 1.5}
    assert power.board_w(rails) == 6.0, "its input, not the sum"


def test_a_nanos_rails_are_milliwatts(tmp_path: Path) -> None:
    lay(tmp_path, {f"{NANO}/rail_name_0": "POM_5V_IN", f"{NANO}/in_power0_input": "3200"})
    assert power.rails_w(tmp_path) == {"POM_5V_IN": 3.2}


def test_without_an_input_rail_the_parts_are_added() -> None:
    assert power.board_w({"GPU": 1.5, "CPU": 2.25}) == 3.75
    assert power.board_w({}) is None


def test_a_machine_without_sensors_says_nothing(tmp_path: Path) -> None:
    assert power.rails_w(tmp_path) == {}


@pytest.mark.parametrize(
    ("line", "rails", "load"),
    [
        (ORIN_LINE, {"VDD_IN": 4.912, "VDD_CPU_GPU_CV": 1.023, "VDD_SOC": 1.3}, 0.57),
        (NANO_LINE, {"POM_5V_IN": 3.2, "POM_5V_GPU": 0.12, "POM_5V_CPU": 0.48}, 0.99),
        ("", {}, None),
    ],
)
def test_a_line_of_tegrastats(line: str, rails: dict[str, float], load: float | None) -> None:
    assert power.rails_of_line(line) == rails
    assert power.gpu_load(line) == load


def test_tegrastats_runs_until_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tegrastats"
    program.write_text(f"#!/bin/sh\necho '{NANO_LINE}'\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    stats = power.Tegrastats()
    ends_s = time.monotonic() + 20
    while not stats.line and time.monotonic() < ends_s:
        time.sleep(0.01)
    assert stats.line == NANO_LINE
    monkeypatch.setattr(power, "TOO_OLD_S", 0.0)
    assert stats.line == "", "nothing new for a while: it hangs"
    stats.close()


def test_without_tegrastats_there_is_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    stats = power.Tegrastats()
    assert stats.line == ""
    stats.close()
