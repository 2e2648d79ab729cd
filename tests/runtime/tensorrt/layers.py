"""The layers that NVIDIA's builder made, read from what it said (see nvidia/tensorrt)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import prod
from pathlib import Path

BYTES = {"Float": 4, "Half": 2, "Int8": 1, "Int32": 4}
IDLE = ("signal", "wait")  # order between streams
TENSOR = re.compile(r"Dimensions: \[([\d,]*)\].*?Datatype: (\w+)")
LINE = re.compile(
    r"Name: (?P<name>.*?), LayerType: (?P<kind>\w+), "
    r"Inputs: \[(?P<inputs>.*?)\], Constants: \[(?P<constants>.*?)\], "
    r"Outputs: \[(?P<outputs>.*?)\], TacticName: .*?Metadata: (?P<origin>.*)"
)


@dataclass(frozen=True)
class Tensor:
    """One tensor of a layer."""

    shape: tuple[int, ...]
    dtype: str  # NVIDIA's word: Float, Half, Int8

    @property
    def nbytes(self) -> int:
        return prod(self.shape) * BYTES[self.dtype]


@dataclass(frozen=True)
class Layer:
    """One layer of a built engine: a kernel."""

    kind: str  # correlation: a convolution of NVIDIA's; kgen: a kernel generated for this network
    inputs: tuple[Tensor, ...]
    constants: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    nodes: tuple[str, ...]  # of the ONNX file

    @property
    def nbytes(self) -> int:
        """What the kernel reads and writes in memory."""
        return sum(t.nbytes for t in (*self.inputs, *self.constants, *self.outputs))


def said(path: Path) -> list[tuple[str, str]]:
    """Severity and text of every message."""
    return [tuple(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def layers(path: Path) -> list[Layer]:
    """The layers of the engine built last; an empty list if none was built."""
    lists = [text for _, text in said(path) if text.startswith("Layers:\n")]
    found = []
    for line in lists[-1].splitlines() if lists else []:
        match = LINE.fullmatch(line)
        if match and match["kind"] not in IDLE:
            tensors = (_tensors(match[part]) for part in ("inputs", "constants", "outputs"))
            nodes = re.findall(r"\[ONNX Layer: (.*?)\]", match["origin"])
            found.append(Layer(match["kind"], *tensors, tuple(nodes)))
    return found


def _tensors(text: str) -> tuple[Tensor, ...]:
    return tuple(
        Tensor(tuple(int(n) for n in shape.split(",") if n), dtype)
        for shape, dtype in TENSOR.findall(text)
    )


def convolutions(built: list[Layer], names: set[str]) -> dict[str, set[str]]:
    """Types of picture and weights of every convolution, by its name in the ONNX file.

    Args:
        built: the engine's layers.
        names: of the file's convolutions.
    """
    types: dict[str, set[str]] = {}
    for layer in built:
        # Weights that a kernel before makes of INT8 are an input: a picture has a first size of 1.
        tensors = (*layer.constants, *layer.inputs)
        weights = [t for t in tensors if len(t.shape) == 4 and t.shape[0] > 1]
        if layer.kind != "kgen" and weights:
            for name in names.intersection(layer.nodes):
                assert name not in types, f"{name} runs twice"
                types[name] = {layer.inputs[0].dtype, weights[0].dtype}
    return types
