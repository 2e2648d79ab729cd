"""Shared pieces of the tests."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterator

import pytest

if TYPE_CHECKING:  # without the extra `kiosk` the tests of the ledger are skipped, each with a word
    from edge_app.ledger.ledger import Ledger

DATA = Path(__file__).parent / "data"
NANO = {
    "proc/device-tree/model": "NVIDIA Jetson Nano Developer Kit\0",
    "proc/meminfo": "MemTotal: 4051048 kB\nMemAvailable: 2048000 kB\nSwapTotal: 0 kB\n"
    "SwapFree: 0 kB\n",
    "etc/nv_tegra_release": "# R32 (release), REVISION: 7.1, GCID: 29818004, BOARD: t210ref",
    "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq": "102000\n",
    "sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq": "1479000\n",
    "sys/class/devfreq/57000000.gpu/cur_freq": "76800000\n",
    "sys/class/devfreq/57000000.gpu/max_freq": "921600000\n",
    "sys/class/devfreq/vic03/cur_freq": "1\n",
    "sys/class/thermal/thermal_zone0/type": "CPU-therm\n",
    "sys/class/thermal/thermal_zone0/temp": "45500\n",
    "sys/class/thermal/thermal_zone1/type": "PMIC-Die\n",
    "sys/class/thermal/thermal_zone1/temp": "-256000\n",
    "sys/class/thermal/cooling_device0/type": "gpu-balanced\n",
    "sys/class/thermal/cooling_device0/cur_state": "2\n",
    "sys/class/thermal/cooling_device1/type": "pwm-fan\n",
    "sys/class/thermal/cooling_device1/cur_state": "3\n",
    "sys/class/hwmon/hwmon4/oc1_event_cnt": "7\n",
}


@pytest.fixture
def data() -> Path:
    """Small clips and tracks made by this project."""
    return DATA


@pytest.fixture
def nano(tmp_path: Path) -> Path:
    """A folder that looks like the root of a hot Jetson Nano."""
    for name, text in NANO.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.fixture
def open_ledger() -> Iterator[Callable[..., Ledger]]:
    """`Ledger`, closed when the test ends; with `now`, on a clock that is trusted."""
    from edge_app.ledger.ledger import Ledger
    from tests.ledger.making import right_clocks

    opened: list[Ledger] = []

    def make(*args: Any, now: Callable[[], datetime] | None = None, **options: Any) -> Ledger:
        if now is not None:
            options["clocks"] = right_clocks(now)
        opened.append(Ledger(*args, **options))
        return opened[-1]

    yield make
    for ledger in opened:
        ledger.close()
