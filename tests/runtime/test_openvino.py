"""The networks by OpenVINO: the poses of ONNX Runtime, but for the precision that is said."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import numpy as np
import pytest

from edge_app.camera.clip import ClipSource
from edge_app.errors import InputError
from edge_app.pose.estimator import PoseEstimator
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend, shipped_model

CLIP = Path(__file__).parents[1] / "data" / "sit-up.mp4"
FAST = shipped_model("fast")


def test_without_openvino_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(InputError, match=r"pip install 'edge-reps\[openvino\]'"):
        open_backend(provider="openvino")
    assert open_backend(provider="openvino", allow_fallback=True).provider == "CPUExecutionProvider"


def test_a_precision_that_is_asked_for_is_used() -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    from edge_app.runtime.openvino import OpenVinoBackend, has_bf16

    precisions = ["f32", "bf16"] if has_bf16() else ["f32"]
    told = [OpenVinoBackend(FAST, 1, precision).provider for precision in precisions]
    assert [provider.split(", ")[-1] for provider in told] == precisions


def test_a_file_is_refused_with_the_same_sentence(tmp_path: Path) -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    (tmp_path / "wrong.onnx").write_bytes(b"no model")
    with pytest.raises(InputError, match="not a valid model"):
        open_backend(tmp_path / "wrong.onnx", provider="openvino")


def test_heatmaps_and_fields_are_those_of_onnx_runtime() -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    ours, reference = open_backend(provider="openvino", threads=1), OnnxBackend(FAST, threads=1)
    assert ours.input_hw == reference.input_hw and ours.path == reference.path
    assert ours.provider.startswith("OpenVINO ") and ours.provider.split(", ")[-1] in (
        "bf16", "bfloat16", "f32", "float32",
    )  # fmt: skip
    blob = np.random.default_rng(0).random((1, 3, *ours.input_hw), np.float32)
    for got, wanted in zip(ours.infer(blob), reference.infer(blob)):
        assert got.shape == wanted.shape and got.dtype == wanted.dtype == np.float32
        assert np.abs(got - wanted).max() < 0.03
    first = ours.infer(blob)[0]
    kept = first.copy()
    ours.infer(np.zeros_like(blob))
    np.testing.assert_array_equal(first, kept)  # what was given out is not written over


def test_the_same_person_is_seen_and_nobody_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed")

    def call(*_: object) -> None:
        raise AssertionError("a network connection was opened")

    monkeypatch.setattr(socket.socket, "connect", call)
    with ClipSource(CLIP) as source:
        frames = [frame for _, frame in zip(range(40), source)]
    poses = []
    for provider in ("cpu", "openvino"):
        estimate = PoseEstimator(open_backend(provider=provider, threads=1))
        poses.append([estimate(frame) for frame in frames])
    off = [
        np.linalg.norm(a.xy - b.xy, axis=1)[(a.score > 0.3) & (b.score > 0.3)]
        for a, b in zip(*poses)
    ]
    height = frames[0].image.shape[0]
    assert np.median(np.concatenate(off)) < 0.005 * height
    assert all(a.score.any() == b.score.any() for a, b in zip(*poses))
