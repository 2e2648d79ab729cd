"""The interface of every runtime: a blob in, heatmaps and part affinity fields out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol, Tuple

import numpy as np

SCALING = "rgb/127.5-1"  # what `preprocess` makes; a model's metadata names the input it needs
Maps = Tuple[np.ndarray, np.ndarray]  # heatmaps (19, h/8, w/8), part affinity fields (38, h/8, w/8)


class Running(Protocol):
    """A run of a network that has begun."""

    @property
    def seconds(self) -> float:
        """What the run takes in a loop of the network alone, known with the result.

        Not counted is the time in which it waits for an earlier run, or its result for the caller.
        """

    def result(self) -> Maps:
        """Waits for the maps, float32; called once."""


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

    def infer(self, blob: np.ndarray) -> Maps:
        """(1, 3, h, w) → heatmaps (19, h/8, w/8), part affinity fields (38, h/8, w/8), float32."""

    def start(self, blob: np.ndarray) -> Running:
        """As `infer`, but beside the caller, who leaves the blob alone until the result is there.

        Several runs may be under way. A network that inherits this method runs at once.
        """
        return run_now(self, blob)


@dataclass(frozen=True)
class Finished:
    """A run whose maps are there."""

    maps: Maps
    seconds: float

    def result(self) -> Maps:
        """The maps."""
        return self.maps


def run_now(backend: Backend, blob: np.ndarray) -> Finished:
    """Runs a network in the caller's own thread."""
    begun_s = perf_counter()
    maps = backend.infer(blob)
    return Finished(maps, perf_counter() - begun_s)
