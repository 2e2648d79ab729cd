"""Checks an INT8 graph before a build: `python -m calibration.lint A.onnx`.

Each rule is a requirement of TensorRT's ONNX parser (8.2 to 11), or keeps INT8 fast or correct. A
finding is one sentence with the node's name.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto

from .graph import ACTIVATIONS, Graph, attribute
from .quantise import WEIGHTS_ONLY, kept_float

OPSET = 13  # the newest that TensorRT 8.2 reads, and the first with per-channel Q/DQ
FOREIGN = {
    "QLinearConv", "QLinearMatMul", "QLinearAdd", "QLinearConcat", "QGemm", "ConvInteger",
    "MatMulInteger", "DynamicQuantizeLinear",
}  # fmt: skip


def lint(
    model: onnx.ModelProto, keep_float: tuple[str, ...] = (), int8_weights: bool = True
) -> list[str]:
    """All findings about a quantised graph; an empty list for a correct one.

    Args:
        model: with Q/DQ.
        keep_float: rules of `quantise.kept_float` whose layers must not be quantised.
        int8_weights: whether weights may be stored as INT8, as TensorRT takes them from 8.6 on.
    """
    graph = Graph(model)
    findings = [*_opset(model), *_operators(graph), *_static(model), *_float_ends(graph)]
    for node in graph.of_type("QuantizeLinear", "DequantizeLinear"):
        findings += _pair(graph, node)
    weights_only = set(kept_float(model, tuple(r for r in keep_float if r in WEIGHTS_ONLY)))
    for conv in graph.of_type("Conv"):
        findings += _conv(graph, conv, weights_only)
    if not int8_weights:
        findings += _float_weights(graph)
    excluded = set(kept_float(model, keep_float))
    findings += [
        f"{c.name} is quantised, but a rule keeps it in float"
        for c in graph.of_type("Conv")
        if c.name in excluded and _dequantised(graph, c.input[0])
    ]
    if not any(_dequantised(graph, c.input[0]) for c in graph.of_type("Conv")):
        findings.append("no convolution is quantised")
    return findings


def _opset(model: onnx.ModelProto) -> Iterator[str]:
    for entry in model.opset_import:
        if entry.domain not in ("", "ai.onnx"):
            yield f"the operators of {entry.domain} are unknown to TensorRT"
        elif entry.version != OPSET:
            yield f"opset {entry.version}, not {OPSET}"


def _operators(graph: Graph) -> Iterator[str]:
    for node in graph.of_type(*FOREIGN):
        yield f"{node.name}: {node.op_type} cannot be parsed, only Q/DQ can"


def _static(model: onnx.ModelProto) -> Iterator[str]:
    for value in model.graph.input:
        shape = value.type.tensor_type.shape.dim
        if not all(d.dim_value > 0 for d in shape) or shape[0].dim_value != 1:
            yield f"the input {value.name} has no static shape of batch 1"


def _float_ends(graph: Graph) -> Iterator[str]:
    for value in [*graph.model.graph.input, *graph.model.graph.output]:
        if value.type.tensor_type.elem_type != TensorProto.FLOAT:
            yield f"{value.name} is not float"
    for name in graph.outputs:
        if graph.producer[name].op_type in ("QuantizeLinear", "DequantizeLinear"):
            yield f"the output {name} is quantised"


def _pair(graph: Graph, node: onnx.NodeProto) -> Iterator[str]:
    """Rules for one Q or DQ and its neighbours."""
    if len(node.input) != 3:
        yield f"{node.name} has {len(node.input)} inputs, not 3"
        return
    scale, zero = graph.constant(node.input[1]), graph.constant(node.input[2])
    if scale is None or zero is None:
        yield f"{node.name}: scale or zero point is not constant"
        return
    if zero.dtype != np.int8:
        yield f"{node.name} is {zero.dtype}, not int8"
    if zero.any():
        yield f"{node.name} is not symmetric: its zero point is not 0"
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        yield f"{node.name}: a scale is not above 0"
    if scale.size != zero.size:
        yield f"{node.name} has {scale.size} scales and {zero.size} zero points"
    if scale.size > 1 and attribute(node, "axis", 1) != 0:
        yield f"{node.name}: scales are along axis {attribute(node, 'axis', 1)}, not 0"
    if node.op_type == "QuantizeLinear":
        yield from _between(graph, node)


def _between(graph: Graph, quantise: onnx.NodeProto) -> Iterator[str]:
    after = graph.readers(quantise.output[0])
    if not after or any(n.op_type != "DequantizeLinear" for n in after):
        yield f"{quantise.name} is not followed by a DequantizeLinear alone"
    before = graph.producer.get(quantise.input[0])
    onward = [n for dq in after for n in graph.readers(dq.output[0])] if after else []
    if before is not None and before.op_type == "Conv":
        for node in onward:
            if node.op_type in ACTIVATIONS:
                yield f"{quantise.name} stands between {before.name} and its {node.op_type}"


def _conv(graph: Graph, conv: onnx.NodeProto, weights_only: set[str]) -> Iterator[str]:
    if len(conv.input) > 2 and conv.input[2] not in graph.initialisers:
        yield f"{conv.name}: its bias is quantised"
    activation, weight = (_dequantised(graph, name) for name in conv.input[:2])
    if activation and not weight:
        yield f"{conv.name}: its picture is quantised, its weights are not"
    if weight and not activation and conv.name not in weights_only:
        yield f"{conv.name}: its weights are quantised, its picture is not"
    if weight:
        scales = graph.constant(graph.producer[conv.input[1]].input[1])
        if scales is not None and scales.shape != graph.weight(conv).shape[:1]:
            yield f"{conv.name}: weights have {scales.size} scales, not one per channel"
    if activation:
        scales = graph.constant(graph.producer[conv.input[0]].input[1])
        if scales is not None and scales.size != 1:
            yield f"{conv.name}: its input has {scales.size} scales, not one"


def _dequantised(graph: Graph, tensor: str) -> bool:
    return tensor in graph.producer and graph.producer[tensor].op_type == "DequantizeLinear"


def _float_weights(graph: Graph) -> Iterator[str]:
    for node in graph.of_type("DequantizeLinear"):
        stored = graph.constant(node.input[0])
        if stored is not None and stored.dtype == np.int8:
            yield f"{node.name}: INT8 weights, which TensorRT before 8.6 refuses"


def main(argv: list[str] | None = None) -> int:
    """The command line: exit code 1 if there are findings."""
    parser = argparse.ArgumentParser(prog="python -m calibration.lint", description=__doc__)
    parser.add_argument("model", type=Path, help="an INT8 .onnx")
    parser.add_argument("--float-weights", action="store_true", help="for TensorRT before 8.6")
    args = parser.parse_args(argv)
    try:
        model = onnx.load(args.model)
    except Exception as exc:  # protobuf has an exception class for every kind of damage
        print(f"lint: cannot load {args.model}: {exc}", file=sys.stderr)
        return 2
    findings = lint(model, int8_weights=not args.float_weights)
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
