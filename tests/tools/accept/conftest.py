"""A machine under test: its root is a folder, its TensorRT the fake, its networks one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge_app.camera.samples import Sample
from edge_app.device.clock import ClockState
from edge_app.runtime.open import SHIPPED
from edge_app.tools.accept import engines, gate, machine, parity
from edge_app.tools.accept.rig import Rig
from tests.runtime.tensorrt.conftest import cudart, hide_cudart
from tests.runtime.tensorrt.conftest import machine as machine_fixture

tensorrt = machine_fixture  # `machine` is a step here
__all__ = ["cudart", "hide_cudart", "tensorrt"]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A machine that tells nothing of itself, with the smallest clip and one thread."""
    return Rig(
        engines=tmp_path / "engines",
        load_s=0.05,
        clock=ClockState(True, "is set by a time server"),
        root=tmp_path / "root",
        threads=1,
        samples=(Sample("push-up", 5),),
    )


@pytest.fixture
def one_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the fast network: the other takes the same way, and longer."""
    for module in (engines, gate, machine, parity):
        monkeypatch.setattr(module, "SHIPPED", {"fast": SHIPPED["fast"]})


@pytest.fixture
def rails(tmp_path: Path) -> Callable[[float], Path]:
    """rails(6.0): the root of a board whose input draws so many watts and whose GPU is at 60 °C."""
    root = tmp_path / "root"

    def draw(watts: float) -> Path:
        chip = "sys/bus/i2c/drivers/ina3221/1-0040/hwmon/hwmon1"
        files = {
            f"{chip}/in1_label": "VDD_IN", f"{chip}/in1_input": "5000",
            f"{chip}/curr1_input": f"{200 * watts:.0f}",
            "sys/class/thermal/thermal_zone0/type": "gpu-thermal",
            "sys/class/thermal/thermal_zone0/temp": "60000",
            "sys/class/thermal/cooling_device0/type": "gpu-balanced",
            "sys/class/thermal/cooling_device0/cur_state": "0",
            "sys/class/devfreq/17000000.gpu/cur_freq": "612000000",
            "sys/class/devfreq/17000000.gpu/max_freq": "624750000",
        }  # fmt: skip
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return root

    return draw
