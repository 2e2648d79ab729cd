"""A good graph has no findings; each rule finds the graph that breaks it."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("onnxslim", reason="needs the extra `int8`")
pytest.importorskip("onnx", reason="needs the extra `int8`")

from collections.abc import Callable

import onnx
from onnx import TensorProto, helper, numpy_helper

from calibration.expand import expand
from calibration.graph import Graph
from calibration.lint import lint, main
from calibration.quantise import quantise_as_published
from tests.calibration.tiny_network import KEEP, blobs

Break = Callable[[onnx.ModelProto], None]


def copy_of(model: onnx.ModelProto) -> onnx.ModelProto:
    return onnx.ModelProto.FromString(model.SerializeToString())


def node_of(model: onnx.ModelProto, kind: str, reads: str = "") -> onnx.NodeProto:
    """The first node of a kind whose first input has `reads` in its name."""
    return next(n for n in model.graph.node if n.op_type == kind and reads in n.input[0])


def conv(model: onnx.ModelProto, name: str) -> onnx.NodeProto:
    return next(n for n in model.graph.node if n.name == name)


def set_constant(model: onnx.ModelProto, name: str, values: np.ndarray) -> None:
    Graph(model).set_constant(name, values)


def newer_opset(model: onnx.ModelProto) -> None:
    model.opset_import[0].version = 17


def foreign_domain(model: onnx.ModelProto) -> None:
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def operator_format(model: onnx.ModelProto) -> None:
    conv(model, "mix").op_type = "QLinearConv"


def two_inputs(model: onnx.ModelProto) -> None:
    node_of(model, "QuantizeLinear").input.pop()


def asymmetric(model: onnx.ModelProto) -> None:
    name = node_of(model, "QuantizeLinear").input[2]
    set_constant(model, name, np.array(3, np.int8))


def unsigned(model: onnx.ModelProto) -> None:
    name = node_of(model, "QuantizeLinear").input[2]
    set_constant(model, name, np.array(0, np.uint8))


def no_scale(model: onnx.ModelProto) -> None:
    name = node_of(model, "QuantizeLinear").input[1]
    set_constant(model, name, np.array(0, np.float32))


def fewer_zero_points(model: onnx.ModelProto) -> None:
    name = node_of(model, "DequantizeLinear", "mix.w").input[2]
    set_constant(model, name, np.zeros(3, np.int8))


def other_axis(model: onnx.ModelProto) -> None:
    node = node_of(model, "DequantizeLinear", "mix.w")
    next(a for a in node.attribute if a.name == "axis").i = 1


def one_scale_for_all_channels(model: onnx.ModelProto) -> None:
    node = node_of(model, "DequantizeLinear", "mix.w")
    set_constant(model, node.input[1], np.array(0.1, np.float32))
    set_constant(model, node.input[2], np.array(0, np.int8))


def integer_bias(model: onnx.ModelProto) -> None:
    bias, stored = conv(model, "mix").input[2], "mix.b_int32"
    values = numpy_helper.from_array(np.zeros(32, np.int32), stored)
    model.graph.initializer.append(values)
    scale = node_of(model, "DequantizeLinear", "mix.w").input[1]
    node = helper.make_node("DequantizeLinear", [stored, scale], [f"{bias}_dq"], "bias")
    model.graph.node.insert(0, node)
    conv(model, "mix").input[2] = f"{bias}_dq"


def only_weights(model: onnx.ModelProto) -> None:
    mix, graph = conv(model, "mix"), Graph(model)
    dequantise = graph.producer[mix.input[0]]
    mix.input[0] = graph.producer[dequantise.input[0]].input[0]


def only_picture(model: onnx.ModelProto) -> None:
    mix, graph = conv(model, "mix"), Graph(model)
    name = graph.producer[mix.input[1]].input[0]
    set_constant(model, name, graph.weight(mix).astype(np.float32))
    mix.input[1] = name


def before_the_activation(model: onnx.ModelProto) -> None:
    relu = node_of(model, "Relu", "mix")
    scale, zero = node_of(model, "QuantizeLinear").input[1:3]
    at = list(model.graph.node).index(relu)
    pair = [
        helper.make_node("QuantizeLinear", [relu.input[0], scale, zero], ["mix_q"], "between"),
        helper.make_node("DequantizeLinear", ["mix_q", scale, zero], ["mix_dq"], "between_dq"),
    ]
    relu.input[0] = "mix_dq"
    for node in reversed(pair):
        model.graph.node.insert(at, node)


def quantised_end(model: onnx.ModelProto) -> None:
    scale, zero = node_of(model, "QuantizeLinear").input[1:3]
    last = conv(model, "fields").output[0]
    for node in model.graph.node:
        node.output[:] = ["pafs_float" if name == "pafs" else name for name in node.output]
    model.graph.node.extend([
        helper.make_node("QuantizeLinear", [last, scale, zero], ["end_q"], "end_q"),
        helper.make_node("DequantizeLinear", ["end_q", scale, zero], ["pafs"], "end"),
    ])  # fmt: skip


def dangling(model: onnx.ModelProto) -> None:
    graph = Graph(model)
    quantise = node_of(model, "QuantizeLinear")
    graph.readers(quantise.output[0])[0].op_type = "Relu"


def dynamic_batch(model: onnx.ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "n"


def half_output(model: onnx.ModelProto) -> None:
    model.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT16


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (newer_opset, "opset 17, not 13"),
        (foreign_domain, "operators of com.microsoft"),
        (operator_format, "QLinearConv cannot be parsed"),
        (two_inputs, "has 2 inputs, not 3"),
        (asymmetric, "zero point is not 0"),
        (unsigned, "is uint8, not int8"),
        (no_scale, "a scale is not above 0"),
        (fewer_zero_points, "32 scales and 3 zero points"),
        (other_axis, "along axis 1, not 0"),
        (one_scale_for_all_channels, "1 scales, not one per channel"),
        (integer_bias, "its bias is quantised"),
        (only_weights, "its weights are quantised, its picture is not"),
        (only_picture, "its picture is quantised, its weights are not"),
        (before_the_activation, "between mix and its Relu"),
        (quantised_end, "the output pafs is quantised"),
        (dangling, "not followed by a DequantizeLinear alone"),
        (dynamic_batch, "no static shape of batch 1"),
        (half_output, "heatmaps is not float"),
    ],
)
def test_every_rule_finds_what_breaks_it(
    int8: onnx.ModelProto, damage: Break, finding: str
) -> None:
    broken = copy_of(int8)
    damage(broken)
    assert any(finding in told for told in lint(broken)), lint(broken)


def test_the_recipe_has_no_findings_in_either_form(int8: onnx.ModelProto) -> None:
    assert lint(int8, KEEP) == []
    assert lint(expand(int8), KEEP, int8_weights=False) == []


def test_compact_weights_are_refused_for_old_tensorrt(int8: onnx.ModelProto) -> None:
    findings = lint(int8, int8_weights=False)
    assert findings and all("INT8 weights" in told for told in findings)


def test_a_layer_that_a_rule_keeps_float(int8: onnx.ModelProto) -> None:
    assert lint(int8, ("output",)) == []
    graph = copy_of(int8)
    node_of(graph, "Tanh").op_type = "Identity"  # now `fields` is a head
    assert lint(graph, ("output",)) == ["fields is quantised, but a rule keeps it in float"]


def test_a_float_network_is_no_int8_network(fp32: onnx.ModelProto) -> None:
    assert lint(fp32) == ["no convolution is quantised"]


def test_the_published_settings_break_several_rules(fp32: onnx.ModelProto) -> None:
    told = "\n".join(lint(quantise_as_published(fp32, blobs(4))))
    for finding in ("its bias is quantised", "not symmetric", "not one per channel"):
        assert finding in told


def test_the_command(int8, tmp_path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "a.onnx"
    onnx.save(int8, path)
    assert main([str(path)]) == 0
    assert main([str(path), "--float-weights"]) == 1
    assert "INT8 weights" in capsys.readouterr().out
    path.write_bytes(b"nothing of that kind")
    assert main([str(path)]) == 2
