"""An engine in the benchmark: it is called what it is, and its memory is its own."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_app.cli.main import main
from edge_app.device.engine.build import build_engine
from edge_app.runtime.open import shipped_model
from edge_app.runtime.tensorrt.sidecar import read_sidecar, write_sidecar


def test_a_fall_back_to_fp16_is_called_fp16(
    machine: Callable[..., None], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    machine("8.2", "5.3", "NVIDIA Tegra X1")
    engine, out = tmp_path / "pose.engine", tmp_path / "b.json"
    build_engine(shipped_model("fast"), engine, "int8", allow_fallback=True)
    clip = str(data / "squat.mp4")
    options = ["--model", str(engine), "--frames", "5", "--quiet", "--json", str(out)]
    assert main(["bench", clip, *options]) == 0
    report = json.loads(out.read_text())
    assert report["results"][0]["provider"] == "TensorRT 8.2.1 FP16"
    assert report["gpu_memory"] == "0 MiB"  # the fake's memory never changes
    assert report["network"]["gmacs"] == pytest.approx(1.33, abs=0.01)
    assert "INT8" not in capsys.readouterr().out.split("Computed, not measured")[0]


def test_an_engine_whose_model_is_elsewhere_is_said_before_anything_is_measured(
    machine: Callable[..., None],
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = tmp_path / "pose.engine"
    build_engine(shipped_model("fast"), engine, "fp16")
    write_sidecar(engine, dataclasses.replace(read_sidecar(engine), model="elsewhere.onnx"))
    monkeypatch.setattr("edge_app.cli.bench.measure", None)  # it would be called in vain
    assert main(["bench", str(data / "squat.mp4"), "--model", str(engine), "--quiet"]) == 2
    assert (
        "was built from elsewhere.onnx: put that file beside the engine" in capsys.readouterr().err
    )
