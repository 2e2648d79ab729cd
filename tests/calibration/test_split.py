"""A convolution over a concatenation becomes a sum of convolutions, with the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxslim", reason="needs the extra `int8`")
pytest.importorskip("onnx", reason="needs the extra `int8`")

import onnx

from calibration.graph import Graph, multiply_adds
from calibration.make import largest_change
from calibration.split import split_concatenations
from tests.calibration.tiny_network import blobs


def test_the_same_numbers_from_the_same_work(fp32: onnx.ModelProto) -> None:
    parts = split_concatenations(fp32)
    assert largest_change(fp32, parts, blobs(4)) < 1e-5
    assert sum(multiply_adds(parts).values()) == sum(multiply_adds(fp32).values())
    assert not list(Graph(parts).of_type("Concat")) and list(Graph(fp32).of_type("Concat"))


def test_each_part_has_its_own_weights_and_the_first_has_the_bias(fp32: onnx.ModelProto) -> None:
    graph, whole = Graph(split_concatenations(fp32)), Graph(fp32)
    convs = {c.name: c for c in graph.of_type("Conv") if c.name.startswith("hidden")}
    assert list(convs) == ["hidden_0", "hidden_1"]
    weights = [graph.weight(c) for c in convs.values()]
    assert [w.shape[1] for w in weights] == [32, 17]
    np.testing.assert_array_equal(np.concatenate(weights, 1), whole.constant("hidden.w"))
    np.testing.assert_array_equal(graph.constant("hidden.b_0"), whole.constant("hidden.b"))
    assert not graph.constant("hidden.b_1").any()
    assert "hidden.w" not in graph.initialisers


def test_a_network_without_concatenations_is_left_alone(fp32: onnx.ModelProto) -> None:
    once = split_concatenations(fp32)
    assert split_concatenations(once).graph == once.graph
