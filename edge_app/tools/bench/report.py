"""The report of a measurement, with machine and command: as Markdown tables and as JSON."""

from __future__ import annotations

import dataclasses
import os
import platform
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime as ort

from edge_app import __version__
from edge_app.device import hardware as board
from edge_app.tools.bench.contenders import STAGES, Contender, percentiles_ms
from edge_app.tools.bench.cost import Floor
from edge_app.tools.bench.measure import Samples, ratio

ABSENT = "not available on this machine"
CHANGING = ("power_mode", "clocks_mhz", "temperatures_c", "throttling", "load_1min")


def describe_board(root: Path = board.ROOT) -> dict[str, Any]:
    """The machine's current state; unknown values are marked."""
    memory, slowed = board.memory(root), board.throttling(root)
    return {
        "name": board.board_name(root),
        "cores": len(os.sched_getaffinity(0)),
        "l4t": board.l4t_release(root) or ABSENT,
        "power_mode": board.power_mode() or ABSENT,
        "clocks_mhz": board.clocks_mhz(root) or ABSENT,
        "temperatures_c": board.temperatures_c(root) or ABSENT,
        "throttling": ABSENT if slowed is None else slowed or "none seen",
        "memory_mib": dataclasses.asdict(memory) if memory else ABSENT,
        "load_1min": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, str]:
    """Versions that affect the figures."""
    return {
        "edge-reps": __version__,
        "python": platform.python_version(),
        "onnxruntime": ort.__version__,
        "numpy": np.__version__,
        "opencv": cv2.__version__,
    }


def result_of(contender: Contender, samples: Samples) -> dict[str, Any]:
    """One contender's figures."""
    own = samples.stages[contender.name]
    whole, drawn = (samples.per_frame(contender.name, drawing) for drawing in (False, True))
    stages = {"capture": samples.capture, **own}
    return {
        "name": contender.name,
        **contender.about,
        "stages_ms": {k: percentiles_ms(stages[k]) for k in STAGES if k in stages},
        "frame_ms": percentiles_ms(whole),
        "frame_with_drawing_ms": percentiles_ms(drawn) if "draw" in own else None,
        "cpu_ms": percentiles_ms(samples.cpu[contender.name]),
        "fps": round(len(whole) / sum(whole), 2),
        "fps_with_drawing": round(len(drawn) / sum(drawn), 2) if "draw" in own else None,
        "fps_network": round(len(whole) / sum(own["network"]), 2),
        "frames_with_a_person": contender.seen,
    }


def compare(ours: Contender, others: list[Contender], samples: Samples) -> list[dict[str, Any]]:
    """Milliseconds per frame of each contender over ours, without drawing; and of CPU time."""
    own, own_cpu = samples.per_frame(ours.name, False), samples.cpu[ours.name]
    return [
        {
            "of": other.name,
            "to": ours.name,
            **ratio(samples.per_frame(other.name, False), own),
            "cpu": ratio(samples.cpu[other.name], own_cpu),
        }
        for other in others
    ]


def gpu_memory(backend: Any) -> str:
    """GPU memory of the network, or why there is no number."""
    if hasattr(backend, "gpu_memory_mib"):
        return f"{backend.gpu_memory_mib} MiB"
    if "CPU" in backend.provider:
        return "no GPU in use"
    used = board.run_tool("nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader")
    return f"{used.strip()} on the whole GPU" if used else ABSENT


def markdown(report: dict[str, Any], computed: list[Floor]) -> str:
    """The tables, with everything needed to judge them."""
    lines = [f"`{report['command']}`", "", *_machine(report), "", *_stages(report), ""]
    if report["loop"]:
        lines.append(_loop(report["loop"]))
    for line in report["compare"]:
        lines.append(
            f"* {line['of']} takes **{line['ratio']:.2f}** times as long per frame as {line['to']} "
            f"(ten blocks of the run: {line['lowest']:.2f} to {line['highest']:.2f}); "
            f"CPU time of all threads: **{line['cpu']['ratio']:.2f}** "
            f"({line['cpu']['lowest']:.2f} to {line['cpu']['highest']:.2f})"
        )
    return "\n".join([*lines, "", *floor_table(report["network"], computed)]) + "\n"


def _machine(report: dict[str, Any]) -> list[str]:
    after = report["board_after"]
    said = []
    for key, value in {**report["board"], **report["versions"]}.items():
        plain = _plain(value)
        if key in CHANGING and _plain(after[key]) != plain:
            plain = f"{plain}; after the run {_plain(after[key])}"
        said.append(f"{key.replace('_', ' ')}: {plain}")
    memory = report["rss_mib"]
    said += [
        f"{report['frames']} frames of {len(report['clips'])} clips, each through all contenders",
        f"dropped frames: {report['dropped']}",
        f"resident memory: {memory[0]} MiB, peak {memory[1]}" if memory else "memory: " + ABSENT,
        f"GPU memory: {report['gpu_memory']}",
    ]
    return [f"* {line}" for line in said]


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return str(value)


def _stages(report: dict[str, Any]) -> list[str]:
    head = "| p50 / p95 / p99 ms | " + " | ".join(r["name"] for r in report["results"]) + " |"
    lines = [head, "|---" * (len(report["results"]) + 1) + "|"]

    def row(name: str, cells: list[str]) -> None:
        lines.append(f"| {name} | " + " | ".join(cells) + " |")

    for key in ("model", "provider", "input"):
        row(key, [str(r.get(key, "its own")) for r in report["results"]])
    for stage in STAGES:
        row(stage, [_three(r["stages_ms"].get(stage)) for r in report["results"]])
    row("**frame, without drawing**", [_three(r["frame_ms"]) for r in report["results"]])
    row("CPU time, all threads", [_three(r["cpu_ms"]) for r in report["results"]])
    row("frames per second", [f"**{r['fps']:.1f}**" for r in report["results"]])
    row("… with drawing", [_rate(r["fps_with_drawing"]) for r in report["results"]])
    row("… network alone", [f"{r['fps_network']:.1f}" for r in report["results"]])
    row("frames with a person", [str(r["frames_with_a_person"]) for r in report["results"]])
    return lines


def _loop(loop: dict[str, float]) -> str:
    return (
        f"* a clip's loop, one frame ahead: {loop['fps']:.1f} frames per second, the network alone "
        f"{loop['fps_network']:.1f}: ratio **{loop['ratio']:.3f}**; beside the network run "
        f"{loop['beside_ms']:.2f} ms per frame of reading, shrinking, smoothing and counting"
    )


def _three(values: dict[str, float] | None) -> str:
    return "–" if values is None else " / ".join(f"{values[p]:.2f}" for p in ("p50", "p95", "p99"))


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def floor_table(network: dict[str, Any], computed: list[Floor]) -> list[str]:
    """The boards' floors; the heading says that they are computed."""
    lines = [
        f"**Computed, not measured**: {network['gmacs']:.2f} G multiply-adds, "
        f"{network['weights_m']:.2f} M weights. A bound for the network alone: kernels that reach "
        "a third of these speeds are good.",
        "",
        "| computed, not measured | precision | arithmetic ms | with memory, layer by layer, ms |",
        "|---|---|---|---|",
    ]
    for f in computed:
        lines.append(
            f"| {f.board} | {f.precision.upper()} | {f.arithmetic_ms:.2f} "
            f"| {f.layer_by_layer_ms:.2f} |"
        )
    return lines
