"""FP32 ONNX → INT8 ONNX with QuantizeLinear/DequantizeLinear for every TensorRT from 8.2 on.

TensorRT's parser, and keeping a Conv and its activation in one kernel, determine the settings of
onnxruntime's `quantize_static`: symmetric INT8, weights per channel, float bias, only inputs of
convolutions quantised, no Q after a Conv. `lint` checks all of it on the result.

The file is compact: weights are stored as INT8, and so are those of the rules `WEIGHTS_ONLY`, which
compute in float. TensorRT up to 8.5 needs weights as FP32 followed by Q and DQ; `expand` makes that
form from this one without loss.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from edge_app.errors import InputError

from .graph import ACTIVATIONS, Graph, attribute

CALIBRATORS = {
    "minmax": CalibrationMethod.MinMax,
    "entropy": CalibrationMethod.Entropy,
    "percentile": CalibrationMethod.Percentile,
}
WEIGHTS_ONLY = ("hidden", "probability")  # weights may be rounded there, the maps they read not
AT_ONCE = 8  # pictures whose activations are in memory at once


@dataclass(frozen=True)
class Recipe:
    """The choices. The defaults are for the shipped file (effects: docs/results/int8.md)."""

    calibrator: str = "minmax"
    percentile: float = 99.99
    equalise: bool = False
    correct_bias: bool = True
    keep_float: tuple[str, ...] = (
        "quarter", "depthwise", "selection", "output", "hidden", "probability",
    )  # fmt: skip

    def as_dict(self) -> dict[str, object]:
        """Plain values for the certificate."""
        return asdict(self)


class Pictures(CalibrationDataReader):
    """Passes blobs to onnxruntime a few at a time, so that histograms do not fill the memory."""

    def __init__(self, blobs: np.ndarray, name: str) -> None:
        self._blobs, self._name = blobs, name
        self.set_range(0, len(blobs))

    def __len__(self) -> int:
        return len(self._blobs)

    def set_range(self, start_index: int, end_index: int) -> None:
        """Sets the next range of pictures."""
        self._ahead: Iterator[np.ndarray] = iter(self._blobs[start_index:end_index])

    def get_next(self) -> dict[str, np.ndarray] | None:
        """One picture as the network's input, None at the end of the range."""
        blob = next(self._ahead, None)
        return None if blob is None else {self._name: blob}


def kept_float(model: onnx.ModelProto, rules: tuple[str, ...]) -> list[str]:
    """Names of the convolutions that rules keep in floating point.

    * first: reads the picture.
    * early: runs at half the picture's width or more: 1.4 % of the work, most of the error.
    * quarter: the same down to a quarter of the width.
    * narrow: fewer than 16 channels on one side, so INT8 units are mostly idle.
    * depthwise: one channel a group. NVIDIA's builder pads each to four, three of them zeros.
    * selection: only copies channels, so that rounding gains nothing.
    * output: a head, whose output reaches the network's output through sums only.
    * hidden: feeds heads alone. Its input has a few peaks a hundred times its mean, so that one
      scale for both leaves noise where nobody is: nine tenths of the network's whole INT8 error.
    * probability: reads a sigmoid, which is almost everywhere almost 0.

    Raises:
        InputError: there is no such rule.
    """
    graph = Graph(model)
    strides = _strides(graph)
    checks = {
        "early": lambda c: strides[c.name] <= 2,
        "quarter": lambda c: strides[c.name] <= 4,
        "first": lambda c: c.input[0] in {i.name for i in model.graph.input},
        "narrow": lambda c: _narrow(graph, c),
        "depthwise": lambda c: attribute(c, "group", 1) > 1,
        "selection": lambda c: bool(((graph.weight(c) != 0).sum((1, 2, 3)) <= 1).all()),
        "output": lambda c: _reaches_output(graph, c.output[0]),
        "hidden": lambda c: _feeds_heads(graph, c.output[0]),
        "probability": lambda c: _made_by(graph, c.input[0]) == "Sigmoid",
    }
    if unknown := [rule for rule in rules if rule not in checks]:
        raise InputError(f"no rule {', '.join(unknown)}; choose from {', '.join(checks)}")
    convs = list(graph.of_type("Conv"))
    return [c.name for c in convs if any(checks[rule](c) for rule in rules)]


def _strides(graph: Graph) -> dict[str, int]:
    """Picture pixels per cell of every convolution's output, by its name."""
    strides = {i.name: 1 for i in graph.model.graph.input}
    found = {}
    for node in graph.nodes:
        stride = max((strides.get(name, 1) for name in node.input), default=1)
        if node.op_type == "Conv":
            stride *= next((a.ints[0] for a in node.attribute if a.name == "strides"), 1)
            found[node.name] = stride
        strides.update(dict.fromkeys(node.output, stride))
    return found


def _narrow(graph: Graph, conv: onnx.NodeProto) -> bool:
    groups = attribute(conv, "group", 1)
    out, per_group = graph.weight(conv).shape[:2]
    return min(out, per_group * groups) < 16


def _reaches_output(graph: Graph, tensor: str) -> bool:
    if tensor in graph.outputs:
        return True
    sums = [n for n in graph.readers(tensor) if n.op_type in ("Add", "Identity")]
    return any(_reaches_output(graph, n.output[0]) for n in sums)


def _feeds_heads(graph: Graph, tensor: str) -> bool:
    """Whether heads alone read a tensor, directly or behind an activation."""
    readers = [n for n in graph.readers(tensor) if n.op_type != "QuantizeLinear"]
    if not readers or tensor in graph.outputs:
        return False
    return all(
        _feeds_heads(graph, n.output[0])
        if n.op_type in ACTIVATIONS
        else n.op_type == "Conv" and _reaches_output(graph, n.output[0])
        for n in readers
    )


def _made_by(graph: Graph, tensor: str) -> str:
    return graph.producer[tensor].op_type if tensor in graph.producer else ""


def quantise(
    model: onnx.ModelProto, blobs: np.ndarray, recipe: Recipe, ranges: Path | None = None
) -> onnx.ModelProto:
    """Calibrates and quantises.

    Args:
        model: FP32, opset 13, static shape.
        blobs: (pictures, 1, 3, h, w) float32, real inputs of the network.
        recipe: calibrator and layers kept in float; equalisation and bias correction are separate
            steps, before and after.
        ranges: file with the ranges of calibration; if it exists, nothing is measured.
    """
    name = model.graph.input[0].name
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, source)
        root = logging.getLogger()
        level = root.level
        root.setLevel(logging.ERROR)  # it recommends a pre-processing that is already done
        try:
            quantize_static(
                source, made, Pictures(blobs[: len(blobs) // AT_ONCE * AT_ONCE], name),
                quant_format=QuantFormat.QDQ,
                calibrate_method=CALIBRATORS[recipe.calibrator],
                activation_type=QuantType.QInt8, weight_type=QuantType.QInt8, per_channel=True,
                op_types_to_quantize=["Conv"],
                nodes_to_exclude=kept_float(model, recipe.keep_float),
                calibration_cache_path=ranges,
                extra_options={
                    "ActivationSymmetric": True, "WeightSymmetric": True, "QuantizeBias": False,
                    "AddQDQPairToWeight": False, "DedicatedQDQPair": False,
                    "OpTypesToExcludeOutputQuantization": ["Conv"],
                    "CalibStridedMinMax": AT_ONCE, "CalibPercentile": recipe.percentile,
                },
            )  # fmt: skip
        finally:
            root.setLevel(level)
        made_by_ort = _freed(onnx.load(made))
    rules = tuple(rule for rule in recipe.keep_float if rule in WEIGHTS_ONLY)
    return _store_weights(made_by_ort, set(kept_float(model, rules)))


def _store_weights(model: onnx.ModelProto, names: set[str]) -> onnx.ModelProto:
    """Stores the weights of some float convolutions as INT8, with a scale for each channel."""
    graph = Graph(model)
    nodes = []
    for node in graph.nodes:
        if node.op_type == "Conv" and node.name in names:
            name = node.input[1]
            weights = graph.weight(node)
            scales = np.maximum(np.abs(weights).max((1, 2, 3)), 1e-12) / np.float32(127)
            stored = np.round(weights / scales[:, None, None, None]).astype(np.int8)
            parts = {"quantized": stored, "scale": scales.astype(np.float32),
                     "zero_point": np.zeros(len(scales), np.int8)}  # fmt: skip
            for part, values in parts.items():
                model.graph.initializer.append(numpy_helper.from_array(values, f"{name}_{part}"))
            inputs = [f"{name}_{part}" for part in parts]
            nodes.append(helper.make_node(
                "DequantizeLinear", inputs, [f"{name}_float"], f"{name}_DequantizeLinear", axis=0
            ))  # fmt: skip
            model.graph.initializer.remove(graph.initialisers[name])
            node.input[1] = f"{name}_float"
        nodes.append(node)
    kept = [onnx.NodeProto.FromString(n.SerializeToString()) for n in nodes]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    return model


def _freed(model: onnx.ModelProto) -> onnx.ModelProto:
    """Makes all but quantised convolutions read the tensor itself, even if others read it rounded.

    Without it, a refinement stage adds to heatmaps that were rounded for its own convolutions.
    """
    graph = Graph(model)
    for node in graph.nodes:
        if node.op_type == "Conv" and node.input[1] not in graph.initialisers:
            continue
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            continue
        for number, name in enumerate(node.input):
            dequantise = graph.producer.get(name)
            if dequantise is not None and dequantise.op_type == "DequantizeLinear":
                node.input[number] = graph.producer[dequantise.input[0]].input[0]
    return model


def quantise_as_published(model: onnx.ModelProto, blobs: np.ndarray) -> onnx.ModelProto:
    """onnxruntime's default settings, per tensor, as most guides show them: for comparison only."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, source)
        quantize_static(source, made, Pictures(blobs, model.graph.input[0].name))
        return onnx.load(made)
