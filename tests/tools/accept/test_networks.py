"""The ways to run a network: engines of this run, providers here, and why others are not."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge_app.device.engine.build import build_engine
from edge_app.errors import InputError
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.runtime.tensorrt.backend import EngineBackend
from edge_app.tools.accept import networks
from edge_app.tools.accept.engines import engine_path
from edge_app.tools.accept.networks import REFERENCE, Way, fastest, ways
from edge_app.tools.accept.rig import Rig


@pytest.fixture
def no_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "openvino" else find(name)
    )


@pytest.mark.usefixtures("no_openvino")
def test_engines_of_this_run_and_onnx_runtime(rig: Rig, tensorrt: Callable[..., None]) -> None:
    rig.engines.mkdir()
    build_engine(shipped_model("fast"), engine_path(rig.engines, "fast", "fp16"), "fp16")
    found, left_out = ways(rig, "fast")
    assert [(way.name, way.precision) for way in found] == [
        (REFERENCE, "fp32"), ("TensorRT fp16", "fp16"),
    ]  # fmt: skip
    assert left_out["OpenVINO"] == "it is not installed"
    backend = found[1].open()
    assert isinstance(backend, EngineBackend)
    networks.close(backend)
    assert [way.name for way in ways(rig, "accurate")[0]] == [REFERENCE]


def test_openvino_in_each_precision_of_this_processor(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed")
    monkeypatch.setattr("edge_app.runtime.openvino.has_bf16", lambda: True)
    monkeypatch.setattr(networks, "int8_beside", lambda model: Path("nowhere-int8.onnx"))
    found, left_out = ways(rig, "fast")
    assert [way.name for way in found] == [REFERENCE, "OpenVINO fp32", "OpenVINO bf16"]
    assert left_out["OpenVINO int8"] == "no nowhere-int8.onnx"

    def broken() -> bool:
        raise InputError("OpenVINO does not start here: a plug-in is missing")

    monkeypatch.setattr("edge_app.runtime.openvino.has_bf16", broken)
    assert "does not start" in ways(rig, "fast")[1]["OpenVINO"]


class Slow:
    """A backend that takes its time."""

    def __init__(self, seconds: float) -> None:
        self._inner, self._seconds = OnnxBackend(shipped_model("fast"), 1), seconds
        self.input_hw = self._inner.input_hw

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        time.sleep(self._seconds)
        return np.zeros(1), np.zeros(1)


def test_the_fastest_is_timed_or_known(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses() -> Slow:
        raise InputError("broken")

    slow = Way("fast", "slow", "fp32", lambda: Slow(0.02))  # type: ignore[arg-type, return-value]
    quick = Way("fast", "quick", "fp16", lambda: Slow(0.0))  # type: ignore[arg-type, return-value]
    broken = Way("fast", "broken", "int8", refuses)  # type: ignore[arg-type]
    monkeypatch.setattr(networks, "ways", lambda rig, network: ([slow, quick, broken], {}))
    assert fastest(rig)[0].name == "quick", "timed now"
    rig.speeds_ms[("fast", "slow")] = 3.0
    rig.speeds_ms[("accurate", "quick")] = 1.0
    assert fastest(rig)[0].name == "slow", "the only one that `parity` let pass"
