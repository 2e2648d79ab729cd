"""Cross-layer equalisation changes weights and no answer; bias correction brings means back."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxslim", reason="needs the extra `int8`")
pytest.importorskip("onnx", reason="needs the extra `int8`")

import onnx

from calibration.correct import channel_means, correct_bias
from calibration.equalise import equalise, relu_pairs
from calibration.graph import Graph
from calibration.split import split_concatenations
from tests.calibration.test_quantise import answers
from tests.calibration.tiny_network import blobs


def test_the_function_stays_and_ranges_get_even(fp32: onnx.ModelProto) -> None:
    even, pairs = equalise(split_concatenations(fp32))
    assert pairs == 3  # wide–deep, deep–mix, mix–prior and hidden_0
    for before, after in zip(answers(fp32, blobs(4)), answers(even, blobs(4))):
        np.testing.assert_allclose(after, before, atol=1e-5 * np.abs(before).max())

    def unevenness(model: onnx.ModelProto) -> float:
        graph = Graph(model)
        conv = next(c for c in graph.of_type("Conv") if c.name == "wide")
        ranges = np.abs(graph.weight(conv)).max((1, 2, 3))
        return float(ranges.max() / ranges.min())

    assert unevenness(even) < 0.5 * unevenness(fp32)


def test_a_relu6_is_no_bridge(fp32: onnx.ModelProto) -> None:
    # After the concatenation is split, a sum stands before the ReLU of `hidden`.
    assert {first.name for first, _ in relu_pairs(Graph(fp32))} == {"wide", "deep", "hidden"}


def test_corrected_means_are_those_of_the_float_network(
    fp32: onnx.ModelProto, int8: onnx.ModelProto
) -> None:
    pictures = blobs()
    corrected = correct_bias(int8, fp32, pictures)

    def shift(model: onnx.ModelProto) -> float:
        names = ["mix_out", "hidden_out", "fields_out"]
        wanted, got = (channel_means(m, names, pictures) for m in (fp32, model))
        return max(float(np.abs(w - g).max()) for w, g in zip(wanted, got))

    # Not 0: the last bits of a sum decide how a value in the middle is rounded.
    assert shift(corrected) < 0.1 * shift(int8)
    touched = {
        t.name for t, u in zip(int8.graph.initializer, corrected.graph.initializer) if t != u
    }
    assert touched == {
        f"{n}.b" for n in ("down", "wide", "deep", "mix", "prior", "hidden", "fields")
    }
