"""What this device and imitated ones say of their clocks."""

from __future__ import annotations

import ctypes
import time
from pathlib import Path
from typing import Any

import pytest

from edge_app.device import clock_sources as module
from edge_app.device.clock_sources import device_clocks, moment, rtc_s, synchronised


class Kernel:
    """Stands for the C library; `state` is what adjtimex returns."""

    def __init__(self, state: int, wall_s: float | None = None) -> None:
        self.state, self.wall_s = state, wall_s

    def adjtimex(self, timex: Any) -> int:
        now_s = time.time() if self.wall_s is None else self.wall_s
        timex._obj.time_s = int(now_s)
        return self.state


@pytest.mark.parametrize(
    ("kernel", "bus", "said"),
    [
        (Kernel(0), None, True),
        (Kernel(1), None, True),  # a leap second is due
        (Kernel(5), "b true\n", False),  # the kernel's word counts
        (Kernel(0, wall_s=1517200000.0), None, False),  # the program's clock is another one
        (Kernel(-1), "b true\n", True),  # refused, as by systemd's ProtectClock
        (Kernel(-1), "b false\n", False),
        (Kernel(-1), None, None),  # and no bus either, as in a container
        (object(), None, None),  # no such call
    ],
)
def test_whether_a_time_server_sets_the_clock(
    monkeypatch: pytest.MonkeyPatch, kernel: object, bus: str | None, said: bool | None
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: kernel)
    monkeypatch.setattr(module, "run_tool", lambda *command: bus)
    assert synchronised() is said


def test_the_kernel_here_answers_and_its_clock_is_ours() -> None:
    timex = module._Timex()
    if ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) < 0:
        pytest.skip("the kernel refuses the question here")
    assert abs(timex.time_s - time.time()) < 2


def test_now() -> None:
    first = moment()
    time.sleep(0.02)
    second = moment()
    assert abs(first.wall_s - time.time()) < 5
    assert 0.01 < second.boot_s - first.boot_s < 5
    assert abs(second.offset_s - first.offset_s) < 0.1, "nobody sets the clock now"


@pytest.mark.parametrize(
    ("clocks", "seconds"),
    [({}, None), ({"rtc0": "1795869870\n"}, 1795869870.0), ({"rtc0": ""}, None),
     ({"rtc0": "-5"}, None), ({"rtc0": "", "rtc1": "7"}, 7.0)],
)  # fmt: skip
def test_a_real_time_clock(tmp_path: Path, clocks: dict[str, str], seconds: float | None) -> None:
    for name, text in clocks.items():
        folder = tmp_path / "sys/class/rtc" / name
        folder.mkdir(parents=True)
        (folder / "since_epoch").write_text(text)
    assert rtc_s(tmp_path) == seconds


def test_each_start_has_its_name(tmp_path: Path) -> None:
    name = tmp_path / "proc/sys/kernel/random/boot_id"
    name.parent.mkdir(parents=True)
    name.write_text("4067bcdf\n")
    clocks = device_clocks(True, tmp_path)
    assert clocks.boot == "4067bcdf" and clocks.rtc_trusted and clocks.rtc_s() is None
    name.unlink()
    unknown = {device_clocks(root=tmp_path).boot for _ in range(2)}
    assert len(unknown) == 2 and "" not in unknown, "no two programs take theirs for one start"
