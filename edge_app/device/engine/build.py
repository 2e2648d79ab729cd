"""Builds an engine for this machine from an ONNX file."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any, Callable

import numpy as np

from edge_app.device.engine.calibration import Calibration, read_cache, write_cache
from edge_app.device.engine.precision import Choice, choose_precision, find_forms
from edge_app.device.hardware import Memory, board_name, l4t_release, memory
from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.tensorrt.process import WorkerDied, ask, probe_tensorrt
from edge_app.runtime.tensorrt.sidecar import QDQ, Sidecar, file_sha256, write_sidecar

# Memory of CUDA, cuBLAS and cuDNN without the engine itself, by NVIDIA/TensorRT issue 2217.
LIBRARIES_MIB = 900
SILENT_S = 1800.0  # a Nano may time one layer for minutes, but not longer than this


def check_memory(workspace_mib: int, model: Path, free: Memory | None) -> None:
    """Checks the memory before the build, because the kernel kills silently what does not fit.

    Raises:
        InputError: the build will not fit.
    """
    if free is None:
        return
    needed = LIBRARIES_MIB + workspace_mib + 4 * model.stat().st_size // 2**20
    there = free.available + free.swap_free
    if there < needed:
        raise InputError(
            f"the build needs about {needed} MiB, but {free.available} MiB of memory and "
            f"{free.swap_free} MiB of swap are free: add a swap file, stop the desktop, or give "
            "a smaller --workspace"
        )


def build_engine(
    model: Path,
    out: Path,
    requested: str = "auto",
    allow_fallback: bool = False,
    workspace_mib: int = 256,
    calibration: Calibration | None = None,
    python: str | None = None,
    progress: Callable[[dict[str, Any] | None], None] = lambda message: None,
) -> Sidecar:
    """Builds an engine and its sidecar in a separate process.

    Args:
        model: an .onnx file; its other forms are found beside it.
        out: the .engine file to write.
        requested: auto, fp32, fp16 or int8.
        allow_fallback: build FP16 if INT8 is not available.
        workspace_mib: memory that TensorRT may use for one layer.
        calibration: pictures for TensorRT's own calibration of a model without Q/DQ nodes.
        python: the interpreter with TensorRT; None: search for one.
        progress: called with each message of the builder, and with None in a second without one.

    Raises:
        InputError: model or precision is not available, memory is short, or TensorRT refuses.
    """
    forms = find_forms(model)
    machine = probe_tensorrt(python)
    choice = choose_precision(requested, machine, forms, calibration is not None, allow_fallback)
    model = forms[choice.form]
    input_hw = OnnxBackend(model).input_hw
    check_memory(workspace_mib, model, memory())
    model_sha256 = file_sha256(model)
    pictures = calibration if choice.precision == "int8" and choice.form != "int8" else None
    key = {"model_sha256": model_sha256, "tensorrt": machine["tensorrt"]}
    cache = out.with_name(out.name + ".calibration")
    with tempfile.TemporaryDirectory() as folder, whole_file(out) as part:
        request = _request(model, out, part, choice, machine, workspace_mib)
        ranges, blobs = Path(folder) / "calibration", Path(folder) / "blobs.npy"
        if pictures is not None:
            key["set_sha256"] = pictures.sha256
            read_cache(cache, ranges, key)
            np.save(blobs, pictures.blobs(input_hw))
            request.update(blobs=str(blobs), cache=str(ranges))
        done = _ask_builder(choice, machine, request, progress)
        if pictures is not None:
            write_cache(cache, ranges, key)
        sidecar = Sidecar(
            engine_sha256=file_sha256(part), model=model.name, model_sha256=model_sha256,
            input_h=input_hw[0], input_w=input_hw[1], tensorrt=machine["tensorrt"],
            gpu=machine["gpu"], compute_capability=tuple(machine["compute_capability"]),
            cuda=machine["cuda"], board=" ".join(filter(None, (board_name(), l4t_release()))),
            requested=choice.requested, precision=choice.precision, reason=choice.reason,
            workspace_mib=workspace_mib, tactics=done["tactics"],
            calibration=_calibration_of(choice, pictures), built_s=done["built_s"],
            python=machine["python"],
        )  # fmt: skip
        # Before the engine gets its name, so that an existing engine always has its sidecar, even
        # after a power cut.
        write_sidecar(out, sidecar)
    return sidecar


def _request(
    model: Path, out: Path, part: Path, choice: Choice, machine: dict[str, Any], workspace_mib: int
) -> dict[str, Any]:
    return {
        "onnx": str(model.resolve()),
        "out": str(part.resolve()),
        "fp16": choice.precision != "fp32" and machine["fp16"],
        "int8": choice.precision == "int8",
        "workspace_mib": workspace_mib,
        "timing_cache": str(_timing_cache(out, machine).resolve()),
    }


def _ask_builder(
    choice: Choice,
    machine: dict[str, Any],
    request: dict[str, Any],
    progress: Callable[[dict[str, Any] | None], None],
) -> dict[str, Any]:
    """The builder's answer; raises InputError if it fails."""
    try:
        return ask(machine["python"], "build", request, progress, SILENT_S)
    except InputError as exc:
        raise InputError(f"{exc}{_hint(choice)}") from exc
    except WorkerDied as exc:
        memory_ran_out = ": out of memory" if "signal 9" in str(exc) else ""
        raise InputError(f"the builder died: {exc}{memory_ran_out}") from exc


def _calibration_of(choice: Choice, pictures: Calibration | None) -> str:
    if choice.precision != "int8":
        return ""
    return f"TensorRT's entropy calibrator, pictures {pictures.sha256}" if pictures else QDQ


def _hint(choice: Choice) -> str:
    """Advice for parsers that need a quantised model's weights as floats: those before 8.6."""
    if choice.form != "int8":
        return ""
    return "; if INT8 weights are refused, use the expanded form: python -m calibration.expand"


def _timing_cache(out: Path, machine: dict[str, Any]) -> Path:
    name = json.dumps([machine["gpu"], machine["compute_capability"], machine["tensorrt"]])
    return out.with_name(f"timing-{hashlib.sha256(name.encode()).hexdigest()[:12]}.cache")
