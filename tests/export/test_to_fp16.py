"""FP16 inside, float outside, nearly the same answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="needs the extra `int8`")
pytest.importorskip("onnxslim", reason="needs the extra `int8`")

from edge_app.runtime.onnx import OnnxBackend  # noqa: E402
from export.simplify import simplify  # noqa: E402
from export.to_fp16 import main, to_fp16  # noqa: E402
from tests.calibration.tiny_network import blobs, tiny_network  # noqa: E402


def test_half_the_size_and_nearly_the_same_answers(tmp_path: Path) -> None:
    source, made = tmp_path / "a.onnx", tmp_path / "half.onnx"
    onnx.save(tiny_network(), source)
    assert main([str(source), "--out", str(made)]) == 0
    half = onnx.load(made)
    kinds = {t.data_type for t in half.graph.initializer if len(t.dims) == 4}
    assert kinds == {onnx.TensorProto.FLOAT16}
    backend, other = OnnxBackend(source), OnnxBackend(made)
    assert other.metadata["precision"] == "fp16"
    for blob in blobs(4):
        for wanted, got in zip(backend.infer(blob), other.infer(blob)):
            assert got.dtype == np.float32
            np.testing.assert_allclose(got, wanted, atol=0.02 * np.abs(wanted).max())


def test_simplifying_changes_no_number_and_keeps_the_metadata() -> None:
    model = tiny_network()
    simple = simplify(model)
    assert {p.key for p in simple.metadata_props} == {p.key for p in model.metadata_props}
    assert simple.opset_import[0].version == 13


@pytest.mark.parametrize("damage", [True, False], ids=["no model", "no file"])
def test_wrong_input_is_one_sentence(
    tmp_path: Path, damage: bool, capsys: pytest.CaptureFixture
) -> None:
    source = tmp_path / "a.onnx"
    if damage:
        source.write_bytes(b"nothing of that kind")
    assert main([str(source), "--out", str(tmp_path / "b.onnx")]) == 2
    assert capsys.readouterr().err.startswith("to_fp16: ")
    assert not (tmp_path / "b.onnx").exists()


def test_the_float_ends_are_float() -> None:
    half = to_fp16(tiny_network())
    for value in [*half.graph.input, *half.graph.output]:
        assert value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
