"""Bias correction, the empirical way (Nagel et al. 2019, arXiv 1906.04721, section 4.2 and D).

Rounding shifts the mean of a convolution's output. The shift of every channel relative to FP32 is
measured on calibration pictures and subtracted from the bias, from the first layer to the last, so
that each layer is measured after corrected ones.
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

    The outputs of convolutions are kept while later ones need them, so the network runs once.

    Args:
        quantised: from `fp32`; convolutions have the same names and float biases.
        fp32: the network to imitate.
        blobs: (pictures, 1, 3, h, w) float32.
    """
    corrected = onnx.ModelProto()
    corrected.CopyFrom(quantised)
    graph = Graph(corrected)
    convs = list(graph.of_type("Conv"))
    wanted = channel_means(fp32, [c.output[0] for c in convs], blobs)
    known: dict[str, list[np.ndarray]] = {corrected.graph.input[0].name: list(blobs)}
    last_use = _last_uses(corrected, convs)
    steps = zip(tqdm(convs, desc="bias correction", leave=False), wanted)
    for number, (conv, mean) in enumerate(steps):
        output = conv.output[0]
        part = part_up_to(corrected, [output], known)
        names = [v.name for v in part.graph.input]
        session = ort.InferenceSession(part.SerializeToString(), providers=["CPUExecutionProvider"])
        values = [
            session.run([output], {name: known[name][i] for name in names})[0]
            for i in range(len(blobs))
        ]
        if conv.input[1] not in graph.initialisers:  # quantised
            bias = graph.constant(conv.input[2])
            if bias is None:
                raise ValueError(f"{conv.name}: its bias is not an initialiser")
            got = np.mean([v.mean((0, 2, 3), dtype=np.float64) for v in values], axis=0)
            change = (mean - got).astype(np.float32)
            graph.set_constant(conv.input[2], bias + change)
            values = [v + change[:, None, None] for v in values]
        known[output] = values
        known = {n: v for n, v in known.items() if last_use.get(n, -1) > number}
    return corrected


def _last_uses(model: onnx.ModelProto, convs: list[onnx.NodeProto]) -> dict[str, int]:
    """Index of the last convolution that needs each convolution's output, or the picture."""
    ends = {c.output[0] for c in convs} | {model.graph.input[0].name}
    uses: dict[str, int] = {}
    for number, conv in enumerate(convs):
        part = part_up_to(model, [conv.output[0]], ends - {conv.output[0]})
        uses.update(dict.fromkeys((v.name for v in part.graph.input), number))
    return uses


def channel_means(
    model: onnx.ModelProto, tensors: list[str], blobs: np.ndarray
) -> list[np.ndarray]:
    """Mean of each channel of some tensors, over pictures and positions: one array per tensor."""
    part = part_up_to(model, tensors)
    session = ort.InferenceSession(part.SerializeToString(), providers=["CPUExecutionProvider"])
    sums = [np.zeros(0) for _ in tensors]
    name = model.graph.input[0].name
    for blob in blobs:
        values = session.run(tensors, {name: blob})
        means = [v.mean((0, 2, 3), dtype=np.float64) for v in values]
        sums = [m + s if len(s) else m for s, m in zip(sums, means)]
    return [s / len(blobs) for s in sums]
