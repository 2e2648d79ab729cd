"""INT8 only with a certificate: a network that did not pass the accuracy gate never counts.

INT8 can fail silently: the network still answers, and sees nobody. `python -m calibration.build`
measures a file and writes the certificate: JSON beside it, with the hashes of the files it covers.
The runtimes require a model's certificate, TensorRT also that of an engine calibrated here.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from edge_app.errors import InputError

# Operator names are plain text in an ONNX file, so the device needs no parser.
INTEGER_OPERATORS = (b"QuantizeLinear", b"QLinear", b"ConvInteger", b"MatMulInteger")
FORMAT = 1


def certificate_path(network: Path) -> Path:
    """NAME.onnx or NAME.engine → NAME.json."""
    return network.with_suffix(".json")


def is_quantised(content: bytes) -> bool:
    """Whether an ONNX file is quantised."""
    # DequantizeLinear has a small q.
    return b"DequantizeLinear" in content or any(name in content for name in INTEGER_OPERATORS)


def check_model_certificate(model: Path) -> dict[str, Any] | None:
    """The certificate of a quantised model; None for one in floating point, which needs none.

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
    return check_certificate(model, hashlib.sha256(content).hexdigest(), remedy)


def check_certificate(network: Path, sha256: str, remedy: str) -> dict[str, Any]:
    """The certificate of an INT8 model or engine.

    Args:
        network: the file; its certificate is beside it.
        sha256: of the file's content.
        remedy: what to do without one, as the end of the error message.

    Raises:
        InputError: it is missing or damaged, records a failure, or belongs to another file.
    """
    path = certificate_path(network)
    if not path.is_file():
        raise InputError(f"{network} is INT8 without an accuracy certificate ({path}): {remedy}")
    try:
        certificate: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        passed, hashes = certificate["passed"], [f["sha256"] for f in certificate["files"]]
        known = certificate["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise InputError(f"cannot read the certificate {path}: {remedy}") from exc
    if not known:
        raise InputError(f"{path} was written by another version of this program: {remedy}")
    if passed is not True:
        raise InputError(f"{network} did not pass the accuracy gate: {remedy}")
    if sha256 not in hashes:
        raise InputError(f"{path} certifies another file than {network}: {remedy}")
    return certificate
