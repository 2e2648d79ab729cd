"""The loop's speed beside the network's: a network that takes its time has nearly all of it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from edge_app.pipeline.build import rules_of
from edge_app.runtime.contract import Maps
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.tools.bench.loop import Loop, measure_loop

NETWORK_S = 0.05


class Slow(OnnxBackend):
    """A network that sees nobody and takes its time beside the caller."""

    def infer(self, blob: np.ndarray) -> Maps:
        time.sleep(NETWORK_S)
        return np.zeros((19, 24, 24), np.float32), np.zeros((38, 24, 24), np.float32)


def test_figures_of_a_loop() -> None:
    loop = Loop(frames=100, wall_s=1.25, network_s=1.0, beside_s=0.2)
    assert loop.figures() == {"fps": 80.0, "fps_network": 100.0, "ratio": 0.8, "beside_ms": 2.0}


def test_a_loop_takes_hardly_longer_than_its_network(data: Path) -> None:
    network = Slow(shipped_model("fast"), 1)
    loop = measure_loop(network, rules_of("squat"), [data / "squat.mp4"], 12)
    assert loop.frames == 12 and loop.beside_s > 0
    assert loop.network_s >= 12 * NETWORK_S
    assert loop.ratio == pytest.approx(1.0, abs=0.3) and loop.ratio < 1
