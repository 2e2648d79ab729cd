"""The interface of every runtime: a blob in, heatmaps and part affinity fields out."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np

SCALING = "rgb/127.5-1"  # what `preprocess` makes; a model's metadata names the input it needs


class Backend(Protocol):
    """A network, as the estimator needs it.

    Attributes:
        path: of the network's file.
        input_hw: height and width of the input picture in pixels.
        provider: what actually runs it, read from the open session.
        why: why this way of running it was chosen; "" if it was asked for.
    """

    path: Path
    input_hw: tuple[int, int]
    provider: str
    why: str

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(1, 3, h, w) → heatmaps (19, h/8, w/8), part affinity fields (38, h/8, w/8), float32."""
