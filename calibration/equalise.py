"""Cross-layer equalisation (Nagel et al. 2019, arXiv 1906.04721, section 4.1).

Between two convolutions with a ReLU channel i may be made s times smaller in the first and s times
larger in the second: the function stays, and s = √(r₁ / r₂) gives both the same range of weights.
ReLU6 does not allow this (its limit would have to scale), so pairs across a Clip stay unchanged.
"""

from __future__ import annotations

import numpy as np
import onnx

from .graph import Graph, attribute

ROUNDS = 20  # chains of pairs converge within a few


def equalise(model: onnx.ModelProto) -> tuple[onnx.ModelProto, int]:
    """The same function with equalised weights, and the number of pairs."""
    even = onnx.ModelProto()
    even.CopyFrom(model)
    graph = Graph(even)
    pairs = list(relu_pairs(graph))
    for _ in range(ROUNDS):
        for first, after in pairs:
            _even_out(graph, first, after)
    return even, len(pairs)


def relu_pairs(graph: Graph) -> list[tuple[onnx.NodeProto, list[onnx.NodeProto]]]:
    """(convolution, all convolutions after its ReLU) if nothing else reads the tensor between."""
    pairs = []
    for conv in graph.of_type("Conv"):
        behind = graph.readers(conv.output[0])
        if len(behind) != 1 or behind[0].op_type != "Relu" or conv.output[0] in graph.outputs:
            continue
        after = graph.readers(behind[0].output[0])
        if after and all(n.op_type == "Conv" for n in after):
            pairs.append((conv, after))
    return pairs


def _even_out(graph: Graph, first: onnx.NodeProto, after: list[onnx.NodeProto]) -> None:
    weight = graph.weight(first)
    range_1 = np.abs(weight).max((1, 2, 3))
    range_2 = np.max([_input_range(graph, conv) for conv in after], axis=0)
    live = (range_1 > 0) & (range_2 > 0)
    s = np.where(live, np.sqrt(range_1 / np.maximum(range_2, 1e-12)), 1.0)
    s = np.where(live, s, 1.0).astype(np.float32)
    graph.set_constant(first.input[1], weight / s[:, None, None, None])
    if len(first.input) > 2:
        bias = graph.constant(first.input[2])
        assert bias is not None
        graph.set_constant(first.input[2], bias / s)
    for conv in after:
        weight = graph.weight(conv)
        depthwise = attribute(conv, "group", 1) > 1
        along = s[:, None, None, None] if depthwise else s[None, :, None, None]
        graph.set_constant(conv.input[1], weight * along)


def _input_range(graph: Graph, conv: onnx.NodeProto) -> np.ndarray:
    """Largest weight of each input channel; here there is one group, or one per channel."""
    weight = np.abs(graph.weight(conv))
    groups = attribute(conv, "group", 1)
    if groups == 1:
        return weight.max((0, 2, 3))
    if weight.shape[:2] != (groups, 1):
        raise ValueError(f"{conv.name}: only plain and depthwise convolutions can be equalised")
    return weight.max((1, 2, 3))
