"""CUDA by pycuda, where the worker's Python has it; the CUDA runtime is hidden meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.device.engine.build import build_engine
from edge_app.device.engine.calibration import read_pictures
from edge_app.errors import InputError
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.runtime.tensorrt.backend import EngineBackend
from tests.runtime.tensorrt import surface

FAST = shipped_model("fast")
PYCUDA = surface.FAKES.parent / "fakes_pycuda"


@pytest.fixture
def with_pycuda(
    machine: Callable[..., None], hide_cudart: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """with_pycuda("8.2"): from now on workers find this TensorRT, pycuda, and no libcudart."""

    def become(version: str) -> None:
        machine(version)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(surface.FAKES), str(PYCUDA)]))
        hide_cudart()

    return become


@pytest.mark.parametrize("version", ["8.2", "11.4.0.106"])
def test_an_engine_runs_by_pycuda(
    version: str, with_pycuda: Callable[[str], None], tmp_path: Path
) -> None:
    with_pycuda(version)
    sidecar = build_engine(FAST, tmp_path / "pose.engine", "fp32")
    assert (sidecar.gpu, sidecar.cuda) == ("Fake Orin", "12.6")
    engine, direct = EngineBackend(tmp_path / "pose.engine"), OnnxBackend(FAST)
    rng = np.random.default_rng(0)
    blobs = rng.uniform(-1, 1, (2, 1, 3, *direct.input_hw)).astype(np.float32)
    runs = [engine.start(blob) for blob in blobs]
    for run, blob in zip(runs, blobs):
        for got, wanted in zip(run.result(), direct.infer(blob)):
            np.testing.assert_allclose(got, wanted, atol=1e-5)
    engine.close()


def test_tensorrt_calibrates_by_pycuda(with_pycuda: Callable[[str], None], tmp_path: Path) -> None:
    with_pycuda("8.6.1")
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((60, 80, 3), 90, np.uint8))
    wanted = read_pictures(tmp_path)
    build_engine(FAST, tmp_path / "pose.engine", "int8", calibration=wanted)
    table = (tmp_path / "pose.engine.calibration").read_bytes()
    first = np.abs(wanted.blobs(OnnxBackend(FAST).input_hw)[:, 0, 0, 0]).max()
    assert table.endswith(f"{first} of 1".encode())


def test_an_old_pycuda_is_left_alone(
    with_pycuda: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that cannot share TensorRT's context: the CUDA runtime is looked for."""
    with_pycuda("8.2")
    monkeypatch.setenv("FAKE_PYCUDA_OLD", "1")
    with pytest.raises(InputError, match="CUDA runtime"):
        build_engine(FAST, tmp_path / "pose.engine", "fp32")


@pytest.mark.parametrize(("fake", "words"), [("NONE", "no GPU"), ("BROKEN", "pycuda: cuInit")])
def test_what_pycuda_says_is_a_sentence(
    fake: str, words: str, with_pycuda: Callable[[str], None], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with_pycuda("8.2")
    monkeypatch.setenv(f"FAKE_CUDA_{fake}", "1")
    with pytest.raises(InputError, match=words):
        build_engine(FAST, tmp_path / "pose.engine", "fp32")
