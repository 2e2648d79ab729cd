"""The cost model: numbers that can be worked out by hand."""

from __future__ import annotations

import pytest

from edge_app.runtime.open import shipped_model
from edge_app.tools.bench.cost import BOARDS, Board, Layer, floors, read_layers


def test_layers_of_the_shipped_network() -> None:
    layers = read_layers(shipped_model("fast"))
    first, depthwise = layers[0], layers[1]
    assert first.multiply_adds == 96 * 96 * 24 * 3 * 9  # 3x3, stride 2, 3 to 24 channels
    assert first.weights == 24 * 3 * 9 + 24
    assert first.values == 3 * 192 * 192 + 24 * 96 * 96
    assert depthwise.multiply_adds == 96 * 96 * 24 * 9  # one group a channel
    total = sum(layer.multiply_adds for layer in layers)
    assert total / 1e9 == pytest.approx(1.33, abs=0.005)  # the model card's number


def test_the_slower_of_arithmetic_and_memory_counts_layer_by_layer() -> None:
    board = Board("one", {"fp32": 1.0, "int8": 4.0}, 100.0)
    busy, moving = Layer(10**9, 0, 10**6), Layer(10**6, 10**6, 10**8)
    fp32, int8 = floors([busy, moving], (board,))
    assert fp32.arithmetic_ms == pytest.approx(2.002)  # 2 operations a multiply-add at 1e12
    assert fp32.layer_by_layer_ms == pytest.approx(2.0 + 4 * 101e6 / 100e9 * 1e3)
    assert int8.arithmetic_ms == pytest.approx(fp32.arithmetic_ms / 4)


def test_the_original_nano_has_no_int8() -> None:
    nano = next(b for b in BOARDS if b.name == "Jetson Nano")
    assert set(nano.peak_tera) == {"fp32", "fp16"}
    assert all("int8" in b.peak_tera for b in BOARDS if b is not nano)
