"""What is built on which machine, what is refused, and what the sidecar then says."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge_app.device.engine.build import build_engine, check_memory
from edge_app.device.hardware import Memory
from edge_app.errors import InputError
from edge_app.runtime.certificate import FORMAT, ONNX_RUNTIME
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend
from tests.device.engine.building import FAST, NANO, build, said
from tests.device.engine.flags import flags
from tests.runtime.tensorrt.surface import VERSIONS


def test_an_engine_that_is_there_has_its_sidecar_whenever_the_power_is_cut(
    machine: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(*NANO)
    names = []
    replace = os.replace

    def named(old: Path, new: Path) -> None:
        names.append(Path(new).name)
        replace(old, new)

    monkeypatch.setattr(os, "replace", named)
    assert build(tmp_path) == 0
    assert names == ["pose.engine.json", "pose.engine"]


def test_cudnn_and_cublas_are_left_out_unless_nothing_builds_without(
    machine: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(*NANO)
    assert build(tmp_path) == 0 and said(tmp_path)["tactics"] == "core"
    monkeypatch.setenv("FAKE_TENSORRT_NEEDS_CUDNN", "1")
    assert build(tmp_path) == 0 and said(tmp_path)["tactics"] == "core, cuDNN and cuBLAS"


@pytest.mark.parametrize("damage", ["none", "broken", "of another version"])
def test_timings_are_kept_and_useless_ones_made_anew(
    damage: str, machine: Callable[..., None], tmp_path: Path
) -> None:
    assert build(tmp_path) == 0
    cache = next(tmp_path.glob("timing-*.cache"))
    first = cache.read_bytes()
    if damage != "none":
        cache.write_bytes(b"\0\1" if damage == "broken" else b"timings of 8.0")
    assert build(tmp_path) == 0 and cache.read_bytes() == first


def test_memory_is_looked_at_before(tmp_path: Path) -> None:
    check_memory(256, FAST, Memory(4000, 1500, 4000, 4000))
    check_memory(256, FAST, None)  # nothing is known: let TensorRT try
    with pytest.raises(InputError, match=r"needs about 1\d+ MiB, but 700 MiB .* 100 MiB of swap"):
        check_memory(256, FAST, Memory(4000, 700, 100, 100))


@pytest.mark.parametrize("damage", ["empty", "cut", "text"])
def test_a_damaged_model_is_refused_before_anything_starts(damage: str, tmp_path: Path) -> None:
    whole = FAST.read_bytes()
    path = tmp_path / "bad.onnx"
    path.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "text": b"hello"}[damage])
    with pytest.raises(InputError, match="not a valid model"):
        build_engine(path, tmp_path / "a.engine")


@pytest.fixture(scope="module")
def quantised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Q/DQ form of the shipped network with a certificate beside it; of two pictures of noise."""
    pytest.importorskip("onnx", reason="quantising needs the package onnx")
    from onnxruntime.quantization import CalibrationDataReader, quantize_static

    class Noise(CalibrationDataReader):
        left = 2

        def get_next(self) -> dict[str, np.ndarray] | None:
            self.left -= 1
            blob = np.random.default_rng(0).uniform(-1, 1, (1, 3, 192, 192)).astype(np.float32)
            return {"image": blob} if self.left >= 0 else None

    path = tmp_path_factory.mktemp("quantised") / "pose-int8.onnx"
    quantize_static(str(FAST), str(path), Noise(), op_types_to_quantize=["Conv"])
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    signed = {"format": FORMAT, "passed": {ONNX_RUNTIME: "1.32.0"}, "files": [{"sha256": sha256}]}
    path.with_suffix(".json").write_text(json.dumps(signed))
    (path.parent / "pose.onnx").write_bytes(FAST.read_bytes())
    return path


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_a_quantised_model_becomes_an_int8_engine_by_the_version_s_own_way(
    version: str, quantised: Path, machine: Callable[..., None], tmp_path: Path
) -> None:
    machine(version)
    out = tmp_path / "pose.engine"
    sidecar = build_engine(quantised.with_name("pose.onnx"), out)  # auto finds the quantised one
    assert (sidecar.precision, sidecar.model) == ("int8", "pose-int8.onnx")
    # From 11 on there are no flags: the Q/DQ nodes alone say it.
    assert flags(out) == ([] if version.startswith("11") else ["FP16", "INT8"])
    backend = open_backend(out)
    assert backend.provider.endswith(" INT8")
    blob = np.zeros((1, 3, 192, 192), np.float32)
    np.testing.assert_allclose(backend.infer(blob)[0], OnnxBackend(quantised).infer(blob)[0])
    backend.close()


@pytest.mark.slow
def test_a_nano_takes_the_fp32_form_even_if_it_is_given_the_quantised_one(
    quantised: Path, machine: Callable[..., None], tmp_path: Path
) -> None:
    machine(*NANO)
    sidecar = build_engine(quantised, tmp_path / "a.engine")
    assert (sidecar.precision, sidecar.model) == ("fp16", "pose.onnx")
    assert sidecar.reason == "the GPU has no INT8 units"
