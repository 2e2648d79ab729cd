"""Chooses the precision to build, and the file to build it from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable

from edge_app.errors import InputError
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.tensorrt.sidecar import Precision

NO_INT8 = (
    "{gpu} (compute capability {cc}) has no INT8 units, so INT8 would be slower than FP16: "
    "build with --precision fp16, or add --allow-fallback"
)


@dataclass(frozen=True)
class Choice:
    """What to build, and why."""

    requested: str  # auto, fp32, fp16, int8
    precision: Precision
    form: str  # precision of the source file: fp32, fp16, int8
    reason: str


def form_of(model: Path) -> str:
    """fp32, fp16, or int8 if the file has Q/DQ nodes, whose names it contains as text.

    Raises:
        InputError: the model does not fit this program, or is INT8 without a certificate.
    """
    opened = OnnxBackend(model)
    if b"QuantizeLinear" in model.read_bytes():
        return "int8"
    return "fp16" if opened.metadata.get("precision") == "fp16" else "fp32"


def find_forms(model: Path) -> dict[str, Path]:
    """The forms of a network: the given file's, and those beside it under its name.

    NAME.onnx, NAME-fp16.onnx and NAME-int8.onnx belong together. Another file that cannot be used,
    for example INT8 without a certificate, is ignored.

    Raises:
        InputError: the given file cannot be used.
    """
    forms = {form_of(model): model}
    name = model.stem
    for ending in ("-int8", "-fp16"):
        if name.endswith(ending):
            name = name[: -len(ending)]
    for ending in ("", "-fp16", "-int8"):
        beside = model.with_name(f"{name}{ending}.onnx")
        if beside.is_file() and beside != model:
            try:
                forms.setdefault(form_of(beside), beside)
            except InputError:
                continue
    return forms


def choose_precision(
    requested: str,
    machine: dict[str, Any],
    forms: Iterable[str],
    calibrated: bool,
    allow_fallback: bool,
) -> Choice:
    """Chooses what to build.

    Args:
        requested: auto, fp32, fp16 or int8.
        machine: from `probe_tensorrt`.
        forms: the available forms of the network.
        calibrated: whether there are pictures for calibration.
        allow_fallback: build FP16 if INT8 is not available.

    Raises:
        InputError: the requested precision is not available.
    """
    there = set(forms)
    half = _form_for_fp16(machine, there)
    why = _why_no_int8(machine, there, calibrated)
    if requested == "auto":
        if machine["int8"] and "int8" in there:
            return Choice(requested, "int8", "int8", "the fastest that this model and GPU support")
        reason = "no INT8 model with a certificate"
        if not machine["int8"]:
            reason = "the GPU has no INT8 units"
        if half:
            return Choice(requested, "fp16", half, reason)
        if "fp32" in there:
            return Choice(requested, "fp32", "fp32", f"{reason}, nor FP16")
        raise InputError(f"{reason}: use the FP32 model")
    if requested == "int8":
        if why is None:
            return Choice(requested, "int8", "int8" if "int8" in there else "fp32", "as asked")
        if not (allow_fallback and half):
            raise InputError(why)
        return Choice(requested, "fp16", half, f"INT8 was requested, but {why.split(':')[0]}")
    form = half if requested == "fp16" else "fp32" if "fp32" in there else None
    if form is None:
        raise InputError(_why_not(requested, machine, there))
    return Choice(requested, "fp16" if requested == "fp16" else "fp32", form, "as asked")


def _form_for_fp16(machine: dict[str, Any], there: set[str]) -> str | None:
    if not machine["fp16"]:
        return None
    if "fp16" in there:
        return "fp16"
    return "fp32" if machine["weakly_typed"] and "fp32" in there else None


def _why_no_int8(machine: dict[str, Any], there: set[str], calibrated: bool) -> str | None:
    if not machine["int8"]:
        return NO_INT8.format(gpu=machine["gpu"], cc=_capability(machine))
    if "int8" in there or (calibrated and machine["calibrator"] and "fp32" in there):
        return None
    if calibrated and not machine["calibrator"]:
        return f"TensorRT {machine['tensorrt']} has no calibrator: use a quantised (Q/DQ) ONNX"
    return (
        "no quantised model with a certificate: make one with python -m calibration.build, "
        "or give pictures with --calibration"
    )


def _why_not(requested: str, machine: dict[str, Any], there: set[str]) -> str:
    if "fp32" not in there:
        return f"cannot build {requested} from a quantised model: use the FP32 one"
    if not machine["fp16"]:
        gpu = f"{machine['gpu']} (compute capability {_capability(machine)})"
        return f"{gpu} has no fast FP16: build fp32"
    version = machine["tensorrt"]
    return f"TensorRT {version} takes the precision from the file: use an FP16 ONNX"


def _capability(machine: dict[str, Any]) -> str:
    return ".".join(map(str, machine["compute_capability"]))
