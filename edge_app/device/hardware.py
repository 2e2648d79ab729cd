"""The device's hardware and state, from /proc, /sys and NVIDIA's tools.

Unknown values are None; nothing is guessed. Files are read below `root`, so that a folder can
describe a board in tests.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/")


@dataclass(frozen=True)
class Memory:
    """Memory of the machine in MiB; on a Jetson, the GPU shares it."""

    total: int
    available: int
    swap_total: int
    swap_free: int


def read_text(path: Path) -> str | None:
    """A small file's text, stripped; None if it cannot be read."""
    try:
        return path.read_text(errors="replace").strip().rstrip("\0").strip()
    except OSError:
        return None


def board_name(root: Path = ROOT) -> str:
    """The board's name from the device tree, else the processor's."""
    model = read_text(root / "proc/device-tree/model")
    if model:
        return model
    cpu = re.search(r"model name\s*: (.+)", read_text(root / "proc/cpuinfo") or "")
    return cpu.group(1) if cpu else platform.machine()


def cpu_flags(root: Path = ROOT) -> frozenset[str]:
    """What Linux says of the processor's instructions, such as avx512_vnni; empty elsewhere."""
    found = re.search(r"^flags\s*:(.*)$", read_text(root / "proc/cpuinfo") or "", re.MULTILINE)
    return frozenset(found.group(1).split()) if found else frozenset()


def l4t_release(root: Path = ROOT) -> str | None:
    """Version of NVIDIA's Linux for Tegra, such as R32.7.1; None on other machines."""
    text = read_text(root / "etc/nv_tegra_release") or ""
    found = re.search(r"R(\d+) \(release\), REVISION: ([\d.]+)", text)
    return f"R{found.group(1)}.{found.group(2)}" if found else None


def memory(root: Path = ROOT) -> Memory | None:
    """From /proc/meminfo."""
    text = read_text(root / "proc/meminfo") or ""
    kib = {k: int(v) for k, v in re.findall(r"(\w+):\s+(\d+) kB", text)}
    keys = ("MemTotal", "MemAvailable", "SwapTotal", "SwapFree")
    if not all(k in kib for k in keys):
        return None
    return Memory(*(kib[k] // 1024 for k in keys))


def run_tool(*command: str) -> str | None:
    """The output of a tool; None if it is missing or fails."""
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def power_mode() -> str | None:
    """The mode of nvpmodel, such as MAXN; None without nvpmodel."""
    found = re.search(r"NV Power Mode: *(\S+)", run_tool("nvpmodel", "-q") or "")
    return found.group(1) if found else None


def clocks_mhz(root: Path = ROOT) -> dict[str, tuple[float, float]]:
    """Clock → current and highest: each CPU policy, and GPUs with devfreq."""
    found = {}
    for folder in sorted((root / "sys/devices/system/cpu/cpufreq").glob("policy*")):
        now, top = (read_text(folder / f"scaling_{n}_freq") for n in ("cur", "max"))
        if now and top:
            found[f"cpu {folder.name}"] = (int(now) / 1e3, int(top) / 1e3)
    for folder in sorted((root / "sys/class/devfreq").glob("*")):
        now, top = (read_text(folder / f"{n}_freq") for n in ("cur", "max"))
        if now and top and re.search(r"gpu|gv11b|ga10b|gp10b|gm20b", folder.name):
            found[f"gpu {folder.name}"] = (int(now) / 1e6, int(top) / 1e6)
    return found


def temperatures_c(root: Path = ROOT) -> dict[str, float]:
    """Thermal zone → degrees Celsius."""
    found = {}
    for zone in sorted((root / "sys/class/thermal").glob("thermal_zone*")):
        name, value = read_text(zone / "type"), read_text(zone / "temp")
        if name and value and value.lstrip("-").isdigit() and int(value) > 0:
            found[name] = int(value) / 1e3
    return found


def throttling(root: Path = ROOT) -> dict[str, int] | None:
    """What throttles the board now or did since its start.

    Active cooling devices, and counters of over-current events (Jetson's hwmon); empty if there
    are none, None if neither can be read.
    """
    found = {}
    devices = sorted((root / "sys/class/thermal").glob("cooling_device*"))
    counters = sorted((root / "sys/class/hwmon").glob("hwmon*/oc*_event_cnt"))
    if not devices and not counters:
        return None
    for device in devices:
        name, state = read_text(device / "type") or "", read_text(device / "cur_state") or ""
        if state.isdigit() and int(state) > 0 and "fan" not in name.lower():
            found[f"cooling {name}"] = int(state)
    for counter in counters:
        count = read_text(counter) or ""
        if count.isdigit() and int(count) > 0:
            found[f"over-current {counter.name}"] = int(count)
    return found


def rss_mib(pid: int | str = "self", root: Path = ROOT) -> tuple[int, int] | None:
    """Current and peak resident memory of a process."""
    text = read_text(root / f"proc/{pid}/status") or ""
    kib = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+) kB", text))
    if len(kib) < 2:
        return None
    return int(kib["VmRSS"]) // 1024, int(kib["VmHWM"]) // 1024
