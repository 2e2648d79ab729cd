"""INT8 only with a certificate: a network that did not pass the accuracy gate never counts.

INT8 can fail silently: the network still answers, and sees nobody. `python -m calibration.build`
measures a file on each runtime and writes the certificate: JSON beside it, with the hashes of the
files it covers and the runtimes, with their versions, on which they passed. A runtime runs only
what passed on it, and OpenVINO only in that release: two of them may round differently. TensorRT
runs what passed on ONNX Runtime, whose arithmetic stands for its own, and an engine calibrated here
only with a certificate of its own.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from edge_app.errors import InputError

# Operator names are plain text in an ONNX file, so the device needs no parser.
INTEGER_OPERATORS = (b"QuantizeLinear", b"QLinear", b"ConvInteger", b"MatMulInteger")
FORMAT = 2
ONNX_RUNTIME, OPENVINO, TENSORRT = "ONNX Runtime", "OpenVINO", "TensorRT"


def certificate_path(network: Path) -> Path:
    """NAME.onnx or NAME.engine → NAME.json."""
    return network.with_suffix(".json")


def is_quantised(content: bytes) -> bool:
    """Whether an ONNX file is quantised."""
    # DequantizeLinear has a small q.
    return b"DequantizeLinear" in content or any(name in content for name in INTEGER_OPERATORS)


def check_model_certificate(model: Path, runtime: str = ONNX_RUNTIME) -> dict[str, Any] | None:
    """The certificate of a quantised model; None for one in floating point, which needs none.

    Args:
        model: an .onnx file.
        runtime: what will run it, `ONNX_RUNTIME` or `OPENVINO`.

    Raises:
        InputError: the model cannot be read; or as for `check_certificate`.
    """
    try:
        content = model.read_bytes()
    except OSError as exc:
        raise InputError(f"cannot read the model {model}: {exc.strerror}") from exc
    if not is_quantised(content):
        return None
    remedy = "make one with python -m calibration.build, or use the FP32 model"
    return check_certificate(model, hashlib.sha256(content).hexdigest(), remedy, runtime)


def check_certificate(
    network: Path, sha256: str, remedy: str, runtime: str = TENSORRT
) -> dict[str, Any]:
    """The certificate of an INT8 model or engine.

    Args:
        network: the file; its certificate is beside it.
        sha256: of the file's content.
        remedy: what to do without one, as the end of the error message.
        runtime: on which it must have passed.

    Raises:
        InputError: it is missing or damaged, does not name the runtime, or belongs to another file.
    """
    path = certificate_path(network)
    if not path.is_file():
        raise InputError(f"{network} is INT8 without an accuracy certificate ({path}): {remedy}")
    try:
        certificate: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = certificate["format"] == FORMAT
        passed = dict(certificate["passed"]) if known else {}
        hashes = [f["sha256"] for f in certificate["files"]]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise InputError(f"cannot read the certificate {path}: {remedy}") from exc
    if not known:
        raise InputError(f"{path} was written by another version of this program: {remedy}")
    if runtime not in passed:
        raise InputError(f"{network} did not pass the accuracy gate on {runtime}: {remedy}")
    if sha256 not in hashes:
        raise InputError(f"{path} certifies another file than {network}: {remedy}")
    return certificate
