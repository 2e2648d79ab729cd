"""Checks this device; each finding has its fix."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import cv2
import numpy as np

from edge_app.device import hardware as board
from edge_app.device.clock import ClockState, span
from edge_app.errors import InputError
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import shipped_model
from edge_app.runtime.tensorrt.backend import EngineBackend
from edge_app.runtime.tensorrt.process import probe_tensorrt
from edge_app.runtime.tensorrt.sidecar import check_engine_certificate, read_sidecar

OK, NOTE, WARNING, PROBLEM = "ok", "note", "warning", "problem"
SWAP_ENOUGH_MIB = 2000  # needed to build an engine on a 4 GB board
SMALL_MEMORY_MIB = 8500  # boards that need swap
LEAST_FREE_MIB = 700  # network, app and a page
DISK_MIB = 500
BUILT_AT_THE_START = "var/lib/edge-reps/engines"  # one folder per release, by deploy/bin/engine
ADD_SWAP = (
    "sudo fallocate -l 4G /swapfile && sudo chmod 600 /swapfile && sudo mkswap /swapfile && "
    "sudo swapon /swapfile, and '/swapfile none swap sw 0 0' into /etc/fstab"
)


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    what: str
    level: str  # ok, note, warning, problem
    said: str
    fix: str = ""


def examine(
    open_model: Callable[[], Backend], clock: ClockState, root: Path = board.ROOT
) -> list[Finding]:
    """Runs all checks, in the order in which to fix problems.

    Args:
        open_model: opens the network as in normal use; may raise InputError.
        clock: the state of the wall clock.
        root: where to find /proc, /sys, /dev and /etc.
    """
    l4t = board.l4t_release(root)
    found = [_board(l4t, root), _python(), _opencv(l4t)]
    found += _memory(root)
    found += [_disk(), _clock(clock), _power(l4t), _heat(root)]
    try:
        machine, reason = probe_tensorrt(), ""
    except InputError as exc:
        machine, reason = {}, str(exc)
    found += _tensorrt(l4t, machine, reason)
    found += _cameras(l4t, root)
    found.append(_model(open_model))
    beside = sorted(shipped_model("fast").parent.glob("*.engine"))
    built = sorted((root / BUILT_AT_THE_START).glob("*/*.engine"))
    return found + [_engine(path, machine) for path in [*beside, *built]]


def _board(l4t: str | None, root: Path) -> Finding:
    return Finding(
        "board", OK, board.board_name(root) + (f", L4T {l4t}" if l4t else ", not a Jetson")
    )


def _python() -> Finding:
    said = f"{platform.python_version()} at {sys.executable}"
    return Finding("python", OK, said)


def _opencv(l4t: str | None) -> Finding:
    streams = cv2.videoio_registry.hasBackend(cv2.CAP_GSTREAMER)
    said = f"{cv2.__version__}, {'with' if streams else 'without'} GStreamer"
    if streams or l4t is None:
        return Finding("opencv", OK, said)
    return Finding(
        "opencv", WARNING, f"{said}: cannot open CSI cameras",
        "OpenCV from pip hides JetPack's, which has GStreamer: pip uninstall "
        "opencv-python opencv-python-headless, or use a USB camera",
    )  # fmt: skip


def _memory(root: Path) -> list[Finding]:
    there = board.memory(root)
    if there is None:
        return [Finding("memory", NOTE, "unknown: no /proc/meminfo")]
    said = f"{there.available} of {there.total} MiB free"
    short = there.available + there.swap_free < LEAST_FREE_MIB
    free = Finding("memory", OK, said)
    if short:
        fix = "stop the desktop (sudo systemctl set-default multi-user.target), or add swap"
        free = Finding("memory", PROBLEM, said, fix)
    swap = Finding("swap", OK, f"{there.swap_total} MiB")
    if there.total < SMALL_MEMORY_MIB and there.swap_total < SWAP_ENOUGH_MIB:
        said = f"{there.swap_total} MiB: too little to build an engine on a board of this size"
        swap = Finding("swap", WARNING, said, ADD_SWAP)
    return [free, swap]


def _disk() -> Finding:
    home = Path.home()
    there = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(there).free // 2**20
    if free < DISK_MIB:
        return Finding("disk", PROBLEM, f"{free} MiB free at {there}", "delete old results")
    return Finding("disk", OK, f"{free} MiB free")


def _clock(clock: ClockState) -> Finding:
    said = f"{'trusted' if clock.trusted else 'not trusted'}: it {clock.why}"
    if clock.corrected_s is not None:
        way = "forward" if clock.corrected_s > 0 else "back"
        said += f"; it was set {way} by {span(abs(clock.corrected_s))} since the start"
    if clock.trusted:
        return Finding("clock", OK, said)
    fix = (
        "until it is trusted, nothing past its term is deleted: connect the device to a network "
        "with a time server after each start, or fit a battery and set trust_rtc = true"
    )
    return Finding("clock", WARNING, said, fix)


def _power(l4t: str | None) -> Finding:
    mode = board.power_mode()
    if mode is None:
        said = "no nvpmodel on this machine"
        if l4t is None:
            return Finding("power mode", NOTE, said)
        return Finding("power mode", WARNING, said, "sudo apt install nvidia-l4t-nvpmodel")
    if mode.startswith("MAXN"):
        return Finding("power mode", OK, mode)
    fix = "sudo nvpmodel -m 0 and sudo jetson_clocks, if supply and cooling are sufficient"
    return Finding("power mode", WARNING, f"{mode}, not the fastest mode", fix)


def _heat(root: Path) -> Finding:
    acting = board.throttling(root)
    degrees = board.temperatures_c(root)
    hottest = f"hottest {max(degrees.values()):.0f} °C" if degrees else "no temperature sensor"
    if not acting:
        return Finding("heat and supply", OK, hottest)
    said = ", ".join(f"{k} {v}" for k, v in acting.items())
    fix = "improve the cooling"
    if any(k.startswith("over-current") for k in acting):
        fix = "use a supply and cable for the board's full current (Nano: 5 V, 4 A at the jack)"
    return Finding("heat and supply", WARNING, f"throttled: {said}; {hottest}", fix)


def _tensorrt(l4t: str | None, machine: dict[str, Any], reason: str) -> list[Finding]:
    if not machine:
        if l4t is None:
            said = "not available: networks run on ONNX Runtime"
            return [Finding("tensorrt", NOTE, said)]
        fix = "sudo apt install nvidia-jetpack (never by pip)"
        return [Finding("tensorrt", PROBLEM, reason, fix)]
    cc = ".".join(map(str, machine["compute_capability"]))
    said = f"{machine['tensorrt']} in {machine['python']}, CUDA {machine['cuda']}"
    units = f"{machine['gpu']}, compute capability {cc}: "
    units += ", ".join(f"{p.upper()} {'yes' if machine[p] else 'no'}" for p in ("fp16", "int8"))
    gpu = Finding("gpu", OK, units)
    if not machine["int8"]:
        gpu = Finding("gpu", NOTE, units, "build FP16 engines: INT8 would be slower here")
    return [Finding("tensorrt", OK, said), gpu]


def _cameras(l4t: str | None, root: Path) -> list[Finding]:
    nodes = sorted(p for p in (root / "dev").glob("video*") if re.fullmatch(r"video\d+", p.name))
    if not nodes:
        fix = "connect a USB camera and check dmesg; recorded clips work without one"
        if l4t is not None:
            fix += "; for a CSI camera check the ribbon, then sudo systemctl restart nvargus-daemon"
        return [Finding("cameras", WARNING, "none", fix)]
    shut = [n.name for n in nodes if not os.access(n, os.R_OK | os.W_OK)]
    names = ", ".join(n.name for n in nodes)
    if shut:
        fix = "sudo usermod -aG video $USER, then log in again"
        return [Finding("cameras", PROBLEM, f"{names}; no access to {', '.join(shut)}", fix)]
    return [Finding("cameras", OK, names)]


def _model(open_model: Callable[[], Backend]) -> Finding:
    try:
        backend = open_model()
        heatmaps, _ = backend.infer(np.zeros((1, 3, *backend.input_hw), np.float32))
    except InputError as exc:
        fix = "follow the message; engines: reps engine build; models: install edge-reps again"
        return Finding("model", PROBLEM, str(exc), fix)
    said = f"{backend.path.name}, {backend.input_hw[1]}x{backend.input_hw[0]}, runs on "
    said += backend.provider + (f": {backend.why}" if backend.why else "")
    if isinstance(backend, EngineBackend):
        said += f" ({backend.sidecar.reason})"
        backend.close()
    if not np.isfinite(heatmaps).all():
        fix = "the FP16 or INT8 engine overflows: build it again with --precision fp32"
        return Finding("model", PROBLEM, f"{said}, but its outputs are not finite", fix)
    return Finding("model", OK, said)


def _engine(path: Path, machine: dict[str, Any]) -> Finding:
    """Checks an engine beside the shipped models or built by the station, used or not."""
    fix = f"reps engine build, or delete {path}"
    if BUILT_AT_THE_START in str(path):
        fix = f"sudo rm -r {path.parent}, then restart: the start builds it again"
    try:
        sidecar = read_sidecar(path)
        check_engine_certificate(path, sidecar)
    except InputError as exc:
        return Finding("engine", PROBLEM, str(exc), fix)
    said = f"{path.name}: {sidecar.precision.upper()} of {sidecar.model}, TensorRT "
    said += f"{sidecar.tensorrt}, {sidecar.gpu}"
    if any(machine.get(key) != value for key, value in sidecar.machine.items()):
        return Finding("engine", PROBLEM, f"{said}: built for another machine", fix)
    return Finding("engine", OK, said)


def as_table(findings: list[Finding]) -> list[dict[str, Any]]:
    """For JSON."""
    return [vars(f) for f in findings]


def exit_code(findings: list[Finding]) -> int:
    """1 if there is a problem that stops the kiosk, else 0."""
    return int(any(f.level == PROBLEM for f in findings))
