"""The power that a Jetson draws: from its rails' sensors, else from tegrastats.

A Jetson measures voltage and current of its supply rails with an INA3221. Newer kernels (JetPack 5
and later) show it as hwmon, those of JetPack 4 as an industrial I/O device.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from pathlib import Path
from time import monotonic

from edge_app.device.hardware import ROOT, read_text

WHOLE_BOARD = ("VDD_IN", "POM_5V_IN")  # rails through which everything flows; others are parts
TOO_OLD_S = 5.0  # a line of tegrastats that nothing has replaced for so long


def rails_w(root: Path = ROOT) -> dict[str, float]:
    """Supply rail → watts, from the sensors' files; empty without sensors or without access."""
    found = {}
    for chip in sorted((root / "sys/bus/i2c/drivers").glob("ina3221*/*")):
        for label in sorted(chip.glob("hwmon/hwmon*/in*_label")):
            channel = label.name[len("in") : -len("_label")]
            volts, amperes = (
                _thousandths(label.with_name(f"{kind}{channel}_input")) for kind in ("in", "curr")
            )
            name = read_text(label)
            if name and volts is not None and amperes is not None:
                found[name] = round(volts * amperes, 3)
        for label in sorted(chip.glob("iio:device*/rail_name_*")):
            channel = label.name[len("rail_name_") :]
            watts, name = (
                _thousandths(label.with_name(f"in_power{channel}_input")),
                read_text(label),
            )
            if name and watts is not None:
                found[name] = round(watts, 3)
    return found


def board_w(rails: dict[str, float]) -> float | None:
    """Power of the whole board: of its input rail, else of all rails together; None without any."""
    for name in WHOLE_BOARD:
        if name in rails:
            return rails[name]
    return round(sum(rails.values()), 3) if rails else None


class Tegrastats:
    """NVIDIA's tegrastats, running beside us; says nothing where it is not installed.

    Args:
        interval_ms: between two of its lines.
    """

    def __init__(self, interval_ms: int = 1000) -> None:
        self._line, self._at_s = "", monotonic()
        self._process: subprocess.Popen[str] | None = None
        if shutil.which("tegrastats") is None:
            return
        self._process = subprocess.Popen(
            ["tegrastats", "--interval", str(interval_ms)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is for us, and we end it
        )
        self._reader = threading.Thread(target=self._read, name="tegrastats", daemon=True)
        self._reader.start()

    @property
    def line(self) -> str:
        """Its newest line; "" if there is none, or none for some seconds."""
        return self._line if monotonic() - self._at_s < TOO_OLD_S else ""

    def close(self) -> None:
        """Ends it."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        for line in self._process.stdout:
            self._line, self._at_s = line.strip(), monotonic()


def rails_of_line(line: str) -> dict[str, float]:
    """Supply rail → watts now, of a line with `VDD_IN 4912mW/4890mW` or `POM_5V_IN 3200/3100`.

    Memory (`RAM 2100/3956MB`) looks alike but has a unit behind it.
    """
    found = re.findall(r"(\w+) (\d+)(?:mW)?/\d+(?:mW)?(?=\s|$)", line)
    return {name: int(milliwatts) / 1e3 for name, milliwatts in found}


def gpu_load(line: str) -> float | None:
    """The GPU's load of 0 to 1 in a line of tegrastats; None if it does not say."""
    found = re.search(r"GR3D_FREQ (\d+)%", line)
    return int(found.group(1)) / 100 if found else None


def _thousandths(path: Path) -> float | None:
    text = read_text(path) or ""
    return int(text) / 1e3 if re.fullmatch(r"-?\d+", text) else None
