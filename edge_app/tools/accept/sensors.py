"""What the machine says of itself during a load; a sensor that vanishes is left out."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Mapping

from edge_app.device import hardware as board
from edge_app.device.power import Tegrastats, board_w, gpu_load, rails_of_line, rails_w


class Sensors:
    """All sensors of the machine.

    Args:
        root: where /proc and /sys are.
        worker_pid: process of the network's worker; None if it runs in this one.
    """

    def __init__(self, root: Path, worker_pid: int | None = None) -> None:
        self._root, self._worker_pid = root, worker_pid
        self._tegrastats = Tegrastats()

    def read(self) -> dict[str, Any]:
        """Values now, without those that cannot be read.

        temperatures_c, clocks_mhz, throttling, watts (of the board), rails_w, gpu_load (0 to 1),
        rss_mib, worker_rss_mib, free_mib.
        """
        root, line = self._root, self._tegrastats.line
        rails = _read(lambda: rails_w(root)) or rails_of_line(line)
        clocks = _read(lambda: board.clocks_mhz(root)) or {}
        memory = _read(lambda: board.memory(root))
        values = {
            "temperatures_c": _read(lambda: board.temperatures_c(root)) or None,
            "clocks_mhz": {name: now for name, (now, _) in clocks.items()} or None,
            "throttling": _read(lambda: board.throttling(root)),
            "watts": board_w(rails),
            "rails_w": rails or None,
            "gpu_load": gpu_load(line),
            "rss_mib": _rss_mib("self"),
            "worker_rss_mib": None if self._worker_pid is None else _rss_mib(self._worker_pid),
            "free_mib": memory.available if memory else None,
        }
        return {name: value for name, value in values.items() if value is not None}

    def close(self) -> None:
        """Ends tegrastats."""
        self._tegrastats.close()


def throttled(samples: list[Mapping[str, Any]]) -> list[str] | None:
    """What throttled during the samples: active cooling, and over-current counters that rose.

    None if no sample can tell.
    """
    told = [sample["throttling"] for sample in samples if "throttling" in sample]
    if not told:
        return None
    first = told[0]
    found = {
        name
        for one in told
        for name, value in one.items()
        if not name.startswith("over-current") or value > first.get(name, 0)
    }
    return sorted(found)


def _rss_mib(pid: int | str) -> int | None:
    found = _read(lambda: board.rss_mib(pid))
    return found[0] if found else None


def _read(sensor: Callable[[], Any]) -> Any:
    """The sensor's value; None if it is gone or talks nonsense: the load goes on."""
    with suppress(OSError, ValueError):
        return sensor()
    return None
