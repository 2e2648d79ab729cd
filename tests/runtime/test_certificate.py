"""INT8 runs only with a certificate for that very file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from edge_app.errors import InputError
from edge_app.runtime.certificate import (
    FORMAT,
    OPENVINO,
    certificate_path,
    check_certificate,
    check_model_certificate,
)
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend
from edge_app.runtime.openvino import OpenVinoBackend

PASSED = {"ONNX Runtime": "1.32.0", "TensorRT": "by ONNX Runtime's arithmetic"}
CONTENT = b"\x08\x07 .. QuantizeLinear .. DequantizeLinear .."


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """What looks like an INT8 file, with a certificate."""
    path = tmp_path / "a-int8.onnx"
    path.write_bytes(CONTENT)
    sign(path, passed=PASSED)
    return path


def sign(path: Path, **changes: object) -> None:
    files = [{"sha256": hashlib.sha256(CONTENT).hexdigest()}, {"sha256": "of the expanded form"}]
    certificate_path(path).write_text(json.dumps({"format": FORMAT, "files": files, **changes}))


def test_a_certificate_for_that_very_file(model: Path) -> None:
    signed = check_model_certificate(model)
    assert signed is not None and signed["passed"] == PASSED


def test_a_float_model_needs_none(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(b"Conv Relu")
    assert check_model_certificate(path) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "without an accuracy certificate"),
        ("{", "cannot read the certificate"),
        ("[]", "cannot read the certificate"),
        ('{"format": 2, "passed": {}, "files": "x"}', "cannot read the certificate"),
        ('{"format": 2, "passed": true, "files": []}', "cannot read the certificate"),
        (json.dumps({"format": 1, "passed": True, "files": []}), "another version"),
        (json.dumps({"format": 2, "passed": {}, "files": []}), "did not pass .* on ONNX Runtime"),
        (json.dumps({"format": 2, "passed": {"OpenVINO": "1"}, "files": []}), "did not pass"),
        (
            json.dumps({"format": 2, "passed": PASSED, "files": [{"sha256": "0"}]}),
            "certifies another file",
        ),
    ],
)
def test_anything_else_is_refused(model: Path, text: str | None, reason: str) -> None:
    certificate_path(model).unlink()
    if text is not None:
        certificate_path(model).write_text(text)
    with pytest.raises(InputError, match=reason):
        check_model_certificate(model)


def test_one_changed_byte_is_another_file(model: Path) -> None:
    model.write_bytes(CONTENT + b"\0")
    with pytest.raises(InputError, match="certifies another file"):
        check_model_certificate(model)


def test_the_runtime_asks_before_it_opens(model: Path) -> None:
    sign(model, passed={})
    for opened in (OnnxBackend, open_backend, OpenVinoBackend):
        with pytest.raises(InputError, match="did not pass"):
            opened(model)
    with pytest.raises(InputError, match="not a valid model"):
        OnnxBackend(model, trial=True)


def test_models_and_engines_keep_their_certificate_in_the_same_place() -> None:
    assert certificate_path(Path("a/b.onnx")) == certificate_path(Path("a/b.engine"))


def test_the_sentence_ends_with_the_caller_s_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"without an accuracy certificate .*: take another"):
        check_certificate(tmp_path / "a.engine", "0", "take another")


def test_a_runtime_runs_only_what_passed_on_it(model: Path) -> None:
    with pytest.raises(InputError, match="did not pass the accuracy gate on OpenVINO"):
        check_model_certificate(model, OPENVINO)
    sign(model, passed={"OpenVINO": "2020.1.0"})
    assert check_model_certificate(model, OPENVINO)
