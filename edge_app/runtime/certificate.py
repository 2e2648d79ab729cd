"""INT8 only with a pass: a quantised model counts nothing until the accuracy gate signed it off.

INT8 can fail silently: the network still answers, and sees nobody. `python -m calibration.build`
measures a file and writes the pass, a JSON sidecar beside it with the file's hash. This module is
what the runtime and the engine builder ask.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from edge_app.errors import InputError

# Operator names stand in an ONNX file as plain text, so no parser is needed on the device.
INTEGER_OPERATORS = (b"QuantizeLinear", b"QLinear", b"ConvInteger", b"MatMulInteger")
FORMAT = 1


def sidecar_of(model: Path) -> Path:
    """Where a model's pass lies."""
    return model.with_suffix(".json")


def is_quantised(content: bytes) -> bool:
    """Whether an ONNX file computes with integers."""
    # DequantizeLinear is spelled with a small q.
    return b"DequantizeLinear" in content or any(name in content for name in INTEGER_OPERATORS)


def check_signed_off(model: Path) -> dict[str, Any] | None:
    """The pass of a quantised model; None for a model in floating point, which needs none.

    Raises:
        InputError: the model is quantised and has no pass, a broken one, one that was refused, or
            one that belongs to another file.
    """
    try:
        content = model.read_bytes()
    except OSError as exc:
        raise InputError(f"cannot read the model {model}: {exc.strerror}") from exc
    if not is_quantised(content):
        return None
    path = sidecar_of(model)
    again = "make one by python -m calibration.build, or take the FP32 model"
    if not path.is_file():
        raise InputError(f"{model} is INT8 without a pass of the accuracy gate ({path}): {again}")
    try:
        signed = json.loads(path.read_text(encoding="utf-8"))
        passed, hashes = signed["passed"], [f["sha256"] for f in signed["files"]]
        known = signed["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise InputError(f"{path} is not a pass that can be read: {again}") from exc
    if not known:
        raise InputError(f"{path} was written by another version of this program: {again}")
    if passed is not True:
        raise InputError(f"{model} did not pass the accuracy gate: {again}")
    if hashlib.sha256(content).hexdigest() not in hashes:
        raise InputError(f"{path} is the pass of another file than {model}: {again}")
    return signed
