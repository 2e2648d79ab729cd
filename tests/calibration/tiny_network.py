"""A network small enough to quantise in a test, with everything that matters in the real one."""

from __future__ import annotations

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge_app.runtime.contract import SCALING
from edge_app.skeleton import KEYPOINTS, STRIDE

SIZE = 64
KEEP = ("early", "selection", "output")  # float layers; leaves most of a small network to INT8


class _Maker:
    """Collects nodes and weights."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(0)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def constant(self, name: str, values: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def conv(self, x: str, name: str, cin: int, cout: int, kernel=1, stride=1, groups=1) -> str:
        shape = (cout, cin // groups, kernel, kernel)
        # Channels of very different ranges: what makes equalisation and per-channel scales matter.
        spread = 10 ** self.rng.uniform(-0.5, 0.5, (cout, 1, 1, 1))
        weight = self.rng.normal(0, 1, shape) * spread / np.sqrt(np.prod(shape[1:]))
        return self.conv_of(x, name, weight, self.rng.normal(0, 0.1, cout), stride, groups)

    def conv_of(self, x, name, weight, bias, stride=1, groups=1) -> str:
        kernel = weight.shape[2]
        inputs = [x, self.constant(f"{name}.w", weight), self.constant(f"{name}.b", bias)]
        self.nodes.append(helper.make_node(
            "Conv", inputs, [f"{name}_out"], name, kernel_shape=[kernel] * 2,
            strides=[stride] * 2, pads=[kernel // 2] * 4, group=groups,
        ))  # fmt: skip
        return f"{name}_out"

    def node(self, kind: str, inputs: list[str], output: str, **attributes: int) -> str:
        self.nodes.append(
            helper.make_node(kind, inputs, [output], f"{output}_{kind}", **attributes)
        )
        return output


def tiny_network() -> onnx.ModelProto:
    """Random weights: Conv–ReLU6 with strides, a depthwise ReLU chain, a prior that is
    concatenated with the features, two heads.
    """
    m = _Maker()
    zero, six = m.constant("zero", np.array(0)), m.constant("six", np.array(6))
    x = m.node("Clip", [m.conv("image", "stem", 3, 16, 3, 2), zero, six], "a")
    x = m.node("Clip", [m.conv(x, "down", 16, 16, 3, 2, 16), zero, six], "b")
    x = m.node("Relu", [m.conv(x, "wide", 16, 24)], "c")
    x = m.node("Relu", [m.conv(x, "deep", 24, 24, 3, 2, 24)], "d")
    x = m.node("Relu", [m.conv(x, "mix", 24, 32)], "e")
    prior = m.node("Sigmoid", [m.conv(x, "prior", 32, 17)], "f")
    order = np.eye(19, 17).reshape(19, 17, 1, 1)
    base = m.conv_of(prior, "order", order, np.zeros(19))
    both = m.node("Concat", [x, prior], "both", axis=1)
    hidden = m.node("Relu", [m.conv(both, "hidden", 49, 32)], "g")
    m.node("Add", [base, m.conv(hidden, "heat", 32, 19)], "heatmaps")
    m.node("Tanh", [m.conv(hidden, "fields", 32, 38)], "pafs")  # so `fields` is quantised
    cells = SIZE // STRIDE
    image, heatmaps, pafs = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels, *hw])
        for name, channels, hw in (
            ("image", 3, (SIZE, SIZE)), ("heatmaps", 19, (cells, cells)),
            ("pafs", 38, (cells, cells)),
        )
    )  # fmt: skip
    graph = helper.make_graph(m.nodes, "tiny", [image], [heatmaps, pafs], m.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    said = {"scaling": SCALING, "keypoints": json.dumps(KEYPOINTS), "stride": str(STRIDE)}
    for key, value in {**said, "weights_sha256": "0"}.items():
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model, full_check=True)
    return model


def blobs(count: int = 16) -> np.ndarray:
    """(count, 1, 3, 64, 64) in [-1, 1]: noise with a bright square somewhere."""
    rng = np.random.default_rng(1)
    pictures = rng.uniform(-1, 0.2, (count, 1, 3, SIZE, SIZE)).astype(np.float32)
    for picture in pictures:
        top, left = rng.integers(0, SIZE // 2, 2)
        picture[..., top : top + 24, left : left + 24] += 0.7
    return pictures
