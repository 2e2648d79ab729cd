"""Reads and edits ONNX graphs, as far as quantisation needs it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import numpy as np
import onnx
from onnx import numpy_helper

ACTIVATIONS = ("Relu", "Clip")


class Graph:
    """A model with its tensors and edges indexed.

    The index is built once: make a new `Graph` after adding or removing nodes.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        self.model = model
        self.nodes = list(model.graph.node)
        self.outputs = [o.name for o in model.graph.output]
        self.initialisers = {t.name: t for t in model.graph.initializer}
        self.producer = {name: node for node in self.nodes for name in node.output}
        self._readers: dict[str, list[onnx.NodeProto]] = {}
        for node in self.nodes:
            for name in node.input:
                self._readers.setdefault(name, []).append(node)

    def readers(self, tensor: str) -> list[onnx.NodeProto]:
        """The nodes that read a tensor."""
        return self._readers.get(tensor, [])

    def of_type(self, *kinds: str) -> Iterator[onnx.NodeProto]:
        """The nodes of some types, in the graph's order."""
        return (node for node in self.nodes if node.op_type in kinds)

    def constant(self, tensor: str) -> np.ndarray | None:
        """The values of an initialiser; None if the tensor is computed."""
        found = self.initialisers.get(tensor)
        return None if found is None else numpy_helper.to_array(found)

    def set_constant(self, tensor: str, values: np.ndarray) -> None:
        """Sets new values of an initialiser."""
        self.initialisers[tensor].CopyFrom(numpy_helper.from_array(values, tensor))

    def weight(self, conv: onnx.NodeProto) -> np.ndarray:
        """Weights (out, in / groups, h, w) of a convolution, through Q/DQ if it has them."""
        name = conv.input[1]
        while name not in self.initialisers:
            name = self.producer[name].input[0]
        return numpy_helper.to_array(self.initialisers[name])


def attribute(node: onnx.NodeProto, name: str, default: int) -> int:
    """An integer attribute of a node."""
    return next((a.i for a in node.attribute if a.name == name), default)


def part_up_to(
    model: onnx.ModelProto, tensors: Iterable[str], given: Collection[str] = ()
) -> onnx.ModelProto:
    """The model with these tensors as its outputs, and only the nodes they need.

    Args:
        model: the whole.
        tensors: the part's outputs, float.
        given: tensors that become inputs, so that nothing before them is computed.
    """
    wanted = list(tensors)
    producer = {name: node for node in model.graph.node for name in node.output}
    needed: set[str] = set()
    ahead = list(wanted)
    while ahead:
        name = ahead.pop()
        if name in needed:
            continue
        needed.add(name)
        if name in producer and name not in given:
            ahead += producer[name].input
    part = onnx.ModelProto()
    part.CopyFrom(model)
    inputs = [_float_value(name) for name in given if name in needed]
    inputs += [v for v in part.graph.input if v.name in needed and v.name not in given]
    outputs = [_float_value(name) for name in wanted]
    nodes = [n for n in part.graph.node if needed.difference(given).intersection(n.output)]
    weights = [t for t in part.graph.initializer if t.name in needed]
    for field, kept in (
        (part.graph.node, nodes), (part.graph.initializer, weights),
        (part.graph.input, inputs), (part.graph.output, outputs),
    ):  # fmt: skip
        del field[:]
        field.extend(kept)
    return part


def _float_value(name: str) -> onnx.ValueInfoProto:
    return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)


def multiply_adds(model: onnx.ModelProto) -> dict[str, int]:
    """Multiply-adds of every convolution by node name; the model needs static shapes."""
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
    known = [*inferred.graph.value_info, *inferred.graph.output]
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in known}
    graph = Graph(model)
    costs = {}
    for conv in graph.of_type("Conv"):
        _, _, height, width = shapes[conv.output[0]]
        costs[conv.name] = int(graph.weight(conv).size) * height * width
    return costs
