"""A convolution over a concatenation becomes a sum of convolutions, one over each part.

The same numbers, from the same multiplications, but each part gets a scale of its own, so that maps
from 0 to 1 beside features up to 20 keep all 256 steps; a part can stay in float alone; and
OpenVINO (2026.4), which rounds to whole numbers where an INT8 convolution reads a concatenation, is
not asked to.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper

from .graph import Graph, attribute


def split_concatenations(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replaces every convolution whose input is a concatenation of channels.

    Args:
        model: float, simplified, of static shape.

    Returns:
        A copy. The first part keeps the bias, the others have one of zeros; part i of convolution
        NAME is NAME_i.
    """
    out = onnx.ModelProto()
    out.CopyFrom(model)
    shapes = _channels(out)
    graph = Graph(out)
    nodes: list[onnx.NodeProto] = []
    for node in graph.nodes:
        joined = graph.producer.get(node.input[0]) if node.op_type == "Conv" else None
        if joined is None or not _splits(node, joined):
            nodes.append(node)
            continue
        parts = _parts(graph, node, joined, [shapes[name] for name in joined.input])
        nodes += [*parts, *_sums([part.output[0] for part in parts], node)]
    kept = [onnx.NodeProto.FromString(n.SerializeToString()) for n in nodes]
    del out.graph.node[:]
    out.graph.node.extend(kept)
    _drop_unread(out)
    onnx.checker.check_model(out, full_check=True)
    return out


def _splits(conv: onnx.NodeProto, joined: onnx.NodeProto) -> bool:
    return (
        joined.op_type == "Concat"
        and attribute(joined, "axis", 1) == 1
        and attribute(conv, "group", 1) == 1
        and len(joined.input) > 1
    )


def _channels(model: onnx.ModelProto) -> dict[str, int]:
    """The channels of every tensor (1, channels, height, width)."""
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    known = [*inferred.value_info, *inferred.input, *inferred.output]
    dims = {v.name: v.type.tensor_type.shape.dim for v in known}
    return {name: shape[1].dim_value for name, shape in dims.items() if len(shape) == 4}


def _parts(
    graph: Graph, conv: onnx.NodeProto, joined: onnx.NodeProto, channels: list[int]
) -> list[onnx.NodeProto]:
    weights = np.split(graph.weight(conv), np.cumsum(channels)[:-1], axis=1)
    bias = graph.constant(conv.input[2])
    assert bias is not None
    parts = []
    for number, (source, weight) in enumerate(zip(joined.input, weights)):
        values = {
            f"{conv.input[1]}_{number}": np.ascontiguousarray(weight),
            f"{conv.input[2]}_{number}": bias if number == 0 else np.zeros_like(bias),
        }
        for name, value in values.items():
            graph.model.graph.initializer.append(numpy_helper.from_array(value, name))
        part = onnx.NodeProto()
        part.CopyFrom(conv)
        part.name = f"{conv.name}_{number}"
        part.input[:] = [source, *values]
        part.output[:] = [f"{conv.output[0]}_{number}"]
        parts.append(part)
    return parts


def _sums(tensors: list[str], conv: onnx.NodeProto) -> list[onnx.NodeProto]:
    """Adds the parts; the last sum is the convolution's output."""
    sums, total = [], tensors[0]
    for number, tensor in enumerate(tensors[1:], 1):
        last = number == len(tensors) - 1
        name = conv.output[0] if last else f"{conv.output[0]}_up_to_{number}"
        sums.append(helper.make_node("Add", [total, tensor], [name], f"{conv.name}_sum_{number}"))
        total = name
    return sums


def _drop_unread(model: onnx.ModelProto) -> None:
    """Removes concatenations and weights that nothing reads any more."""
    outputs = {o.name for o in model.graph.output}
    read = {name for node in model.graph.node for name in node.input} | outputs
    nodes = [n for n in model.graph.node if n.op_type != "Concat" or n.output[0] in read]
    read = {name for node in nodes for name in node.input} | outputs
    weights = [w for w in model.graph.initializer if w.name in read]
    for field, left in ((model.graph.node, nodes), (model.graph.initializer, weights)):
        copies = [type(item).FromString(item.SerializeToString()) for item in left]
        del field[:]
        field.extend(copies)
