"""The least time of a network on a board, from multiply-adds and bytes: computed, not measured.

A lower bound, not a forecast: real kernels reach a third of the peak, small layers less.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort

BYTES = {"fp32": 4, "fp16": 2, "int8": 1}


@dataclass(frozen=True)
class Board:
    """Peaks of one board: arithmetic in 1e12 operations a second, memory in 1e9 bytes a second."""

    name: str
    peak_tera: dict[str, float]  # by precision; without those that lack units
    memory_giga: float


# Cores × 2 operations × clock; tensor cores 64 (Volta) or 256 (Orin) FP16 multiply-adds a clock, in
# INT8 twice that; dense, GPU only. Core counts, clocks and bandwidths from NVIDIA's data sheets:
# Nano 128 cores at 0.92 GHz; Xavier NX 384 and 48 tensor cores at 1.1; Orin Nano 8 GB 1024 and 32
# at 0.625 (15 W) or 1.02 (Super).
BOARDS = (
    Board("Jetson Nano", {"fp32": 0.236, "fp16": 0.472}, 25.6),
    Board("Xavier NX", {"fp32": 0.845, "fp16": 6.76, "int8": 13.5}, 59.7),
    Board("Orin Nano 8 GB", {"fp32": 1.28, "fp16": 10.2, "int8": 20.5}, 68.0),
    Board("Orin Nano 8 GB Super", {"fp32": 2.09, "fp16": 16.7, "int8": 33.4}, 102.0),
)


@dataclass(frozen=True)
class Layer:
    """One convolution."""

    multiply_adds: int
    weights: int  # number of weights, bias included
    values: int  # numbers read and written


@dataclass(frozen=True)
class Floor:
    """The least time of a network in milliseconds."""

    board: str
    precision: str
    arithmetic_ms: float
    layer_by_layer_ms: float  # each layer's arithmetic or traffic, whichever takes longer


def read_layers(model: Path) -> list[Layer]:
    """The convolutions of an ONNX file with their shapes, from ONNX Runtime's profiler."""
    options = ort.SessionOptions()
    options.enable_profiling = True
    options.log_severity_level = 3
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    with tempfile.TemporaryDirectory() as folder:
        options.profile_file_prefix = str(Path(folder) / "profile")
        session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        image = session.get_inputs()[0]
        kind = np.float16 if image.type == "tensor(float16)" else np.float32
        session.run(None, {image.name: np.zeros(image.shape, kind)})
        events = json.loads(Path(session.end_profiling()).read_text())
    return [_layer(e["args"]) for e in events if _is_convolution(e)]


def _is_convolution(event: dict[str, Any]) -> bool:
    ran = event.get("cat") == "Node" and event["name"].endswith("_kernel_time")
    return ran and event["args"]["op_name"] == "Conv"


def _layer(args: dict[str, Any]) -> Layer:
    shapes = [next(iter(s.values())) for s in args["input_type_shape"]]
    made = next(iter(args["output_type_shape"][0].values()))
    inputs, weights = shapes[0], shapes[1]
    per_value = int(np.prod(weights[1:]))  # channels in, over groups, times the kernel
    stored = sum(int(np.prod(s)) for s in shapes[1:])
    moved = int(np.prod(inputs)) + int(np.prod(made))
    return Layer(int(np.prod(made)) * per_value, stored, moved)


def floors(layers: list[Layer], boards: tuple[Board, ...] = BOARDS) -> list[Floor]:
    """The floors for every board and supported precision."""
    found = []
    for board in boards:
        for precision, tera in board.peak_tera.items():
            work = [2e3 * n.multiply_adds / (tera * 1e12) for n in layers]
            size = BYTES[precision]
            moved = [
                1e3 * size * (n.weights + n.values) / (board.memory_giga * 1e9) for n in layers
            ]
            slower = sum(max(w, m) for w, m in zip(work, moved))
            found.append(Floor(board.name, precision, sum(work), slower))
    return found
