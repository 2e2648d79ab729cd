"""A checkpoint's network behind the interface of the runtimes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from edge_app.errors import InputError
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend
from edge_app.skeleton import STRIDE

from .checkpoint import open_network


class TorchBackend(Backend):
    """The averaged weights of a checkpoint, run by torch on the CPU.

    Attributes:
        path: checkpoint or run folder.
        input_hw: height and width of the input picture in pixels.
        provider: "torch".
        why: "", for it was asked for.
    """

    def __init__(self, path: Path, side: int) -> None:
        self.path, self.input_hw = path, (side, side)
        self.provider, self.why = "torch", ""
        self._network = open_network(path)

    @torch.inference_mode()
    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(1, 3, h, w) → heatmaps (19, h/8, w/8), part affinity fields (38, h/8, w/8), float32."""
        heatmaps, pafs = self._network(torch.from_numpy(blob))
        return heatmaps[0].numpy(), pafs[0].numpy()


def open_weights(path: Path, side: int, threads: int = 1) -> Backend:
    """A network from an .onnx file, which has a size of its own, or from a checkpoint.

    Raises:
        InputError: neither, or `side` is not a multiple of the network's stride.
    """
    if path.suffix == ".onnx":
        return open_backend(path, threads, "cpu")
    if side < STRIDE or side % STRIDE:
        raise InputError(f"--size must be a multiple of {STRIDE}, not {side}")
    torch.set_num_threads(threads)
    return TorchBackend(path, side)
