"""The recipe: which layers stay float, what calibration sees, and what the file becomes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxslim", reason="needs the extra `int8`")
pytest.importorskip("onnx", reason="needs the extra `int8`")

import onnx

from calibration.expand import expand
from calibration.graph import Graph, multiply_adds, part_up_to
from calibration.lint import lint
from calibration.quantise import AT_ONCE, CALIBRATORS, Pictures, Recipe, kept_float, quantise
from calibration.split import split_concatenations
from edge_app.errors import InputError
from tests.calibration.tiny_network import blobs


@pytest.mark.parametrize(
    ("rule", "layers"),
    [
        ("early", ["stem"]),  # one stride; `down` is behind two
        ("quarter", ["stem", "down", "wide"]),
        ("first", ["stem"]),
        ("narrow", ["stem"]),  # three channels in
        ("depthwise", ["down", "deep"]),
        ("selection", ["order"]),
        ("output", ["order", "heat"]),  # `fields` reaches its output through a function
        ("hidden", []),  # … so that `hidden` does not feed heads alone
        ("probability", ["order"]),
    ],
)
def test_rules_name_layers(fp32: onnx.ModelProto, rule: str, layers: list[str]) -> None:
    assert kept_float(fp32, (rule,)) == layers


def test_the_layer_before_the_heads(fp32: onnx.ModelProto) -> None:
    both = onnx.ModelProto.FromString(fp32.SerializeToString())
    next(n for n in both.graph.node if n.op_type == "Tanh").op_type = "Identity"
    assert kept_float(both, ("hidden",)) == ["hidden"]
    assert kept_float(split_concatenations(both), ("probability",)) == ["order", "hidden_1"]


def test_weights_alone_are_rounded_before_the_heads(fp32: onnx.ModelProto) -> None:
    parts = split_concatenations(fp32)
    recipe = Recipe(correct_bias=False, keep_float=("output", "probability"))
    model = quantise(parts, blobs(), recipe)
    graph = Graph(model)
    convs = {c.name: c for c in graph.of_type("Conv")}
    reads = convs["hidden_1"].input
    assert graph.producer[reads[0]].op_type == "Sigmoid"  # in float, and the weights as INT8:
    assert graph.producer[reads[1]].op_type == "DequantizeLinear"
    assert lint(model, recipe.keep_float) == []
    assert lint(model, ("output",)) != []
    expanded = expand(model)
    read = next(c for c in expanded.graph.node if c.name == "hidden_1").input[1]
    assert read in Graph(expanded).initialisers and lint(expanded, recipe.keep_float, False) == []
    for compact, other in zip(answers(model, blobs(4)), answers(expanded, blobs(4))):
        np.testing.assert_array_equal(compact, other)


def test_sums_add_what_was_not_rounded(fp32: onnx.ModelProto) -> None:
    """What a quantised convolution reads is rounded for it alone, not for a sum beside it."""
    model = onnx.ModelProto.FromString(fp32.SerializeToString())
    node = next(n for n in model.graph.node if n.name == "heat")
    add = next(n for n in model.graph.node if n.op_type == "Add")
    beside = onnx.helper.make_node("Add", ["heat_out", "heat_out"], ["twice"], "twice")
    again = onnx.helper.make_node(
        "Conv", ["twice", "again.w", "heat.b"], ["again"], "again", kernel_shape=[1, 1]
    )
    weight = np.random.default_rng(0).normal(0, 1, (19, 19, 1, 1)).astype(np.float32)
    model.graph.initializer.append(onnx.numpy_helper.from_array(weight, "again.w"))
    at = list(model.graph.node).index(node) + 1
    model.graph.node.insert(at, beside)
    model.graph.node.insert(at + 1, again)
    model.graph.node.extend([onnx.helper.make_node("Add", ["again", "twice"], ["sum"], "sum")])
    add.input[1] = "sum"
    nodes = sorted(model.graph.node, key=lambda n: n.name == add.name)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    made = Graph(quantise(model, blobs(), Recipe(correct_bias=False, keep_float=())))
    assert made.producer["sum"].input[1] == "twice"


def test_an_unknown_rule_is_refused(fp32: onnx.ModelProto) -> None:
    with pytest.raises(InputError, match="no rule heads"):
        kept_float(fp32, ("heads",))


@pytest.mark.parametrize("calibrator", CALIBRATORS)
def test_every_calibrator_gives_an_answer_near_the_float_one(
    fp32: onnx.ModelProto, calibrator: str
) -> None:
    pictures = blobs()
    recipe = Recipe(calibrator, percentile=99.9, correct_bias=False)
    model = quantise(fp32, pictures, recipe)
    for wanted, got in zip(answers(fp32, pictures), answers(model, pictures)):
        assert np.corrcoef(wanted.ravel(), got.ravel())[0, 1] > 0.99


def test_a_float_layer_reads_the_tensor_itself(int8: onnx.ModelProto) -> None:
    graph = Graph(int8)
    inputs = {c.name: graph.producer[c.input[0]].op_type for c in graph.of_type("Conv") if
              c.input[0] in graph.producer}  # fmt: skip
    assert inputs["fields"] == "DequantizeLinear" and inputs["heat"] == "Relu"


def test_the_expanded_form_gives_the_same_bits(int8: onnx.ModelProto) -> None:
    expanded = expand(int8)
    stored = {t.name: t.data_type for t in expanded.graph.initializer}
    assert stored["mix.w_quantized"] == onnx.TensorProto.FLOAT
    for compact, other in zip(answers(int8, blobs(4)), answers(expanded, blobs(4))):
        np.testing.assert_array_equal(compact, other)


def test_ranges_are_measured_once(fp32: onnx.ModelProto, tmp_path: Path) -> None:
    kept = tmp_path / "ranges.json"
    recipe = Recipe(correct_bias=False)
    first = quantise(fp32, blobs(), recipe, kept)
    assert kept.exists()
    again = quantise(fp32, blobs()[:0], replace(recipe, keep_float=recipe.keep_float), kept)
    assert again == first


def test_pictures_are_handed_out_a_few_at_a_time() -> None:
    reader = Pictures(np.arange(20.0), "image")
    assert len(reader) == 20
    reader.set_range(8, 8 + AT_ONCE)
    assert [v["image"] for v in iter(reader.get_next, None)] == list(range(8, 16))


def test_multiply_adds_and_parts(fp32: onnx.ModelProto) -> None:
    costs = multiply_adds(fp32)
    assert costs["stem"] == 16 * 3 * 9 * 32 * 32
    assert costs["deep"] == 24 * 9 * 8 * 8
    part = part_up_to(fp32, ["c"])
    assert {n.name for n in part.graph.node if n.op_type == "Conv"} == {"stem", "down", "wide"}


def answers(model: onnx.ModelProto, pictures: np.ndarray) -> list[np.ndarray]:
    import onnxruntime as ort

    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    results = [session.run(["heatmaps", "pafs"], {"image": p}) for p in pictures]
    return [np.concatenate(part) for part in zip(*results)]
