"""Reads the clocks of this device, unprivileged and in a container."""

from __future__ import annotations

import ctypes
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from edge_app.device.clock import BUILT_S, Moment
from edge_app.device.hardware import ROOT, read_text, run_tool

_ERROR = 5  # TIME_ERROR of adjtimex(2): the kernel's clock is not synchronised
_APART_S = 2.0  # the program's clock from the kernel's, unless somebody fakes one of them
_STEADY_S = 0.05  # a longer time between two readings would look like a jump
_TIMEDATE = ("org.freedesktop.timedate1", "/org/freedesktop/timedate1")


@dataclass(frozen=True)
class ClockSources:
    """Where the clocks are read; tests have their own.

    Attributes:
        boot: a name of this start of the device, different after the next one.
        now: the moment.
        synchronised: whether a time server sets the clock now; None if unknown.
        rtc_s: what a real-time clock says, in seconds since 1970; None without one.
        rtc_trusted: the operator says that the real-time clock has a battery.
        built_s: when the release was made, in seconds since 1970.
    """

    boot: str
    now: Callable[[], Moment]
    synchronised: Callable[[], bool | None]
    rtc_s: Callable[[], float | None]
    rtc_trusted: bool = False
    built_s: float = BUILT_S


def device_clocks(rtc_trusted: bool = False, root: Path = ROOT) -> ClockSources:
    """The clocks of this device.

    Args:
        rtc_trusted: the operator says that the real-time clock has a battery.
        root: where to find /proc and /sys.
    """
    boot = read_text(root / "proc/sys/kernel/random/boot_id") or str(uuid.uuid4())
    return ClockSources(boot, moment, synchronised, lambda: rtc_s(root), rtc_trusted)


def moment() -> Moment:
    """Wall clock and time since the start, read together."""
    boot = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # Linux has the first
    while True:
        before_s = time.clock_gettime(boot)
        wall_s = time.time()
        after_s = time.clock_gettime(boot)
        if after_s - before_s < _STEADY_S:
            return Moment(wall_s, (before_s + after_s) / 2)


class _Timex(ctypes.Structure):
    """The beginning of adjtimex(2)'s struct timex; the kernel writes no more than 208 bytes."""

    _fields_ = (
        ("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long), ("esterror", ctypes.c_long), ("status", ctypes.c_int),
        ("constant", ctypes.c_long), ("precision", ctypes.c_long), ("tolerance", ctypes.c_long),
        ("time_s", ctypes.c_long), ("rest", ctypes.c_byte * 256),
    )  # fmt: skip


def synchronised() -> bool | None:
    """Whether a time server sets the clock, from the kernel; None if nobody says.

    systemd's ProtectClock refuses the kernel's call; its own service is asked then.
    """
    timex = _Timex()
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):  # not Linux
        state = -1
    if state >= 0:
        faked = abs(timex.time_s - time.time()) > _APART_S
        return bool(state != _ERROR) and not faked
    said = run_tool("busctl", "get-property", *_TIMEDATE, _TIMEDATE[0], "NTPSynchronized")
    return None if said is None else said.split()[-1:] == ["true"]


def rtc_s(root: Path = ROOT) -> float | None:
    """What the first real-time clock that can be read says; None without one."""
    for clock in sorted((root / "sys/class/rtc").glob("rtc*")):
        said = read_text(clock / "since_epoch") or ""
        if said.isdigit():
            return float(said)
    return None
