"""Bias correction, the empirical way (Nagel et al. 2019, arXiv 1906.04721, section 4.2 and D).

Rounding shifts the mean of a convolution's output. The shift of every channel is measured against
FP32 on calibration pictures and taken off the bias, from the first layer to the last, so that each
layer is measured behind corrected ones.
"""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
from tqdm import tqdm

from .graph import Graph, part_up_to


def correct_bias(
    quantised: onnx.ModelProto, fp32: onnx.ModelProto, blobs: np.ndarray
) -> onnx.ModelProto:
    """The quantised model with corrected biases.

    Args:
        quantised: from `fp32`; convolutions have the same names and float biases.
        fp32: what it should answer.
        blobs: (pictures, 1, 3, h, w) float32.
    """
    corrected = onnx.ModelProto()
    corrected.CopyFrom(quantised)
    graph = Graph(corrected)
    convs = [c for c in graph.of_type("Conv") if c.input[1] not in graph.initialisers]
    names = [c.output[0] for c in convs]
    wanted = channel_means(fp32, names, blobs)
    for conv, mean in zip(tqdm(convs, desc="bias correction", leave=False), wanted):
        (got,) = channel_means(corrected, [conv.output[0]], blobs)
        bias = graph.constant(conv.input[2])
        if bias is None:
            raise ValueError(f"{conv.name}: its bias is no initialiser")
        graph.set_constant(conv.input[2], (bias + mean - got).astype(np.float32))
    return corrected


def channel_means(
    model: onnx.ModelProto, tensors: list[str], blobs: np.ndarray
) -> list[np.ndarray]:
    """Mean of each channel of some tensors, over pictures and places: one array a tensor."""
    part = part_up_to(model, tensors)
    session = ort.InferenceSession(part.SerializeToString(), providers=["CPUExecutionProvider"])
    sums = [np.zeros(0) for _ in tensors]
    name = model.graph.input[0].name
    for blob in blobs:
        values = session.run(tensors, {name: blob})
        means = [v.mean((0, 2, 3), dtype=np.float64) for v in values]
        sums = [m + s if len(s) else m for s, m in zip(sums, means)]
    return [s / len(blobs) for s in sums]
