"""From an ONNX file to an engine for this very machine: which precision, and the build itself."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

import numpy as np

from edge_app.board import Memory, board_name, l4t_release, memory
from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pose.backend import OnnxBackend

from .calibration import Calibration, read_cache, write_cache
from .process import WorkerDied, ask, probe_tensorrt
from .sidecar import Sidecar, file_sha256, write_sidecar

NO_INT8 = (
    "{gpu} (compute capability {cc}) has no INT8 units, so INT8 would be slower than FP16: "
    "build with --precision fp16, or allow that by --allow-fallback"
)
# What CUDA, cuBLAS and cuDNN take before the engine itself, by NVIDIA/TensorRT issue 2217.
LIBRARIES_MIB = 900
SILENT_S = 1800.0  # a Nano may time one layer for minutes; longer than this nothing is coming


@dataclass(frozen=True)
class Choice:
    """Which precision, and why."""

    requested: str
    precision: str
    reason: str


def is_quantised(model: Path) -> bool:
    """True if the ONNX file has Q/DQ nodes; the operator's name stands in the file as text."""
    return b"QuantizeLinear" in model.read_bytes()


def choose_precision(
    requested: str,
    machine: dict[str, Any],
    quantised: bool,
    half: bool,
    calibrated: bool,
    allow_fallback: bool,
) -> Choice:
    """What can and should be built.

    Args:
        requested: auto, fp32, fp16 or int8.
        machine: as `probe_tensorrt` gives it.
        quantised: the model has Q/DQ nodes.
        half: the model's weights are FP16.
        calibrated: there are pictures to calibrate with.
        allow_fallback: FP16 will do where INT8 cannot be had.

    Raises:
        InputError: what was asked for cannot be had.
    """
    gpu, cc = machine["gpu"], ".".join(map(str, machine["compute_capability"]))
    half_possible = machine["fp16"] and (machine["weakly_typed"] or half)
    if quantised and not machine["int8"]:
        raise InputError(
            f"the model is quantised and {gpu} (compute capability {cc}) has no INT8 units: "
            "give the FP32 model, of which an FP16 engine is built"
        )
    if requested == "auto":
        best = "int8" if quantised else "fp16" if half_possible else "fp32"
        return Choice(requested, best, "the fastest that this model and GPU have")
    if requested == "int8":
        why = _why_no_int8(machine, quantised, calibrated)
        if why is None:
            return Choice(requested, "int8", "as asked")
        if not (allow_fallback and half_possible):
            raise InputError(why)
        return Choice(requested, "fp16", f"INT8 was asked for, but {why.split(':')[0]}")
    if quantised:
        raise InputError(f"the model is quantised: it cannot become {requested}; give the FP32 one")
    if requested == "fp16" and not machine["fp16"]:
        raise InputError(f"{gpu} (compute capability {cc}) is not fast in FP16: build fp32")
    if requested == "fp16" and not half_possible:
        version = machine["tensorrt"]
        raise InputError(f"TensorRT {version} takes the precision from the file: give an FP16 ONNX")
    return Choice(requested, requested, "as asked")


def _why_no_int8(machine: dict[str, Any], quantised: bool, calibrated: bool) -> str | None:
    if not machine["int8"]:
        cc = ".".join(map(str, machine["compute_capability"]))
        return NO_INT8.format(gpu=machine["gpu"], cc=cc)
    if quantised or (calibrated and machine["calibrator"]):
        return None
    if calibrated:
        return f"TensorRT {machine['tensorrt']} has no calibrator: give a quantised (Q/DQ) ONNX"
    return "the model is not quantised: give its Q/DQ ONNX, or pictures by --calibration"


def check_memory(workspace_mib: int, model: Path, free: Memory | None) -> None:
    """Before the build, because the kernel kills what does not fit, without a word.

    Raises:
        InputError: it will not fit.
    """
    if free is None:
        return
    needed = LIBRARIES_MIB + workspace_mib + 4 * model.stat().st_size // 2**20
    there = free.available + free.swap_free
    if there < needed:
        raise InputError(
            f"the build needs about {needed} MiB and {free.available} MiB of memory and "
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
    """Builds an engine and its sidecar in a process of its own.

    Args:
        model: an .onnx file of this program.
        out: the .engine file to write.
        requested: auto, fp32, fp16 or int8.
        allow_fallback: FP16 will do where INT8 cannot be had.
        workspace_mib: what TensorRT may take for one layer.
        calibration: pictures for TensorRT's own calibration of a model without Q/DQ nodes.
        python: the interpreter that has TensorRT; None: looked for.
        progress: is told what the builder says, and None each second of silence.

    Raises:
        InputError: the model is no good, the precision cannot be had, memory is short, or TensorRT
            refuses.
    """
    opened = OnnxBackend(model)  # refuses what is damaged, foreign, or INT8 without a pass
    machine = probe_tensorrt(python)
    quantised, half = is_quantised(model), opened.metadata.get("precision") == "fp16"
    choice = choose_precision(
        requested, machine, quantised, half, calibration is not None, allow_fallback
    )
    check_memory(workspace_mib, model, memory())
    model_sha256 = file_sha256(model)
    by_pictures = choice.precision == "int8" and not quantised
    key = {"model_sha256": model_sha256, "tensorrt": machine["tensorrt"]}
    with tempfile.TemporaryDirectory() as folder, whole_file(out) as part:
        request = {
            "onnx": str(model.resolve()),
            "out": str(part.resolve()),
            "fp16": choice.precision != "fp32" and machine["fp16"],
            "int8": choice.precision == "int8",
            "workspace_mib": workspace_mib,
            "timing_cache": str(_timing_cache(out, machine).resolve()),
        }
        cache = out.with_name(out.name + ".calibration")
        raw = Path(folder) / "calibration"
        if by_pictures and calibration is not None:
            key["set_sha256"] = calibration.sha256
            read_cache(cache, raw, key)
            np.save(Path(folder) / "blobs.npy", calibration.blobs(opened.input_hw))
            request.update(blobs=str(Path(folder) / "blobs.npy"), cache=str(raw))
        try:
            done = ask(machine["python"], "build", request, progress, SILENT_S)
        except WorkerDied as exc:
            memory_ran_out = ": memory ran out" if "signal 9" in str(exc) else ""
            raise InputError(f"the builder died: {exc}{memory_ran_out}") from exc
        if by_pictures:
            write_cache(cache, raw, key)
        engine_sha256 = file_sha256(part)
    sidecar = Sidecar(
        engine_sha256=engine_sha256, model=model.name, model_sha256=model_sha256,
        input_h=opened.input_hw[0], input_w=opened.input_hw[1], tensorrt=machine["tensorrt"],
        gpu=machine["gpu"], compute_capability=tuple(machine["compute_capability"]),
        cuda=machine["cuda"], board=" ".join(filter(None, (board_name(), l4t_release()))),
        requested=choice.requested, precision=choice.precision, reason=choice.reason,
        workspace_mib=workspace_mib, tactics=done["tactics"],
        calibration=_calibration_of(choice, quantised, calibration), built_s=done["built_s"],
        python=machine["python"],
    )  # fmt: skip
    write_sidecar(out, sidecar)
    return sidecar


def _calibration_of(choice: Choice, quantised: bool, calibration: Calibration | None) -> str:
    if choice.precision != "int8":
        return ""
    if quantised or calibration is None:
        return "Q/DQ nodes of the model"
    return f"TensorRT's entropy calibrator, pictures {calibration.sha256}"


def _timing_cache(out: Path, machine: dict[str, Any]) -> Path:
    name = json.dumps([machine["gpu"], machine["compute_capability"], machine["tensorrt"]])
    return out.with_name(f"timing-{hashlib.sha256(name.encode()).hexdigest()[:12]}.cache")
