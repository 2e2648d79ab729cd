"""Memory shared with a worker: slots, each for the input and outputs of one frame."""

from __future__ import annotations

import mmap
import os
import weakref
from typing import Any

import numpy as np

from edge_app.runtime.metadata import tensor_shapes

SLOTS = 2  # one frame computes while the next is copied


class Slots:
    """Slots in anonymous memory: the worker inherits it, and it vanishes with both processes.

    Args:
        input_hw: height and width of the input picture in pixels.

    Attributes:
        memory: file descriptor of the memory, for the worker.
    """

    def __init__(self, input_hw: tuple[int, int]) -> None:
        self._tensors, self._slot_bytes = layout(input_hw)
        self.memory = os.memfd_create("edge-reps")
        weakref.finalize(self, os.close, self.memory)
        os.ftruncate(self.memory, SLOTS * self._slot_bytes)
        self._map = mmap.mmap(self.memory, SLOTS * self._slot_bytes)
        self._arrays = [self._views(number) for number in range(SLOTS)]
        self._free = list(range(SLOTS))

    def put(self, blob: np.ndarray) -> int:
        """Copies an input into a free slot and returns its number; IndexError if none is free."""
        slot = self._free.pop()
        np.copyto(self._arrays[slot]["image"], blob)
        return slot

    def take(self, slot: int) -> tuple[np.ndarray, np.ndarray]:
        """Copies of a slot's heatmaps (19, h/8, w/8) and fields (38, h/8, w/8); frees the slot."""
        arrays = self._arrays[slot]
        outputs = arrays["heatmaps"][0].copy(), arrays["pafs"][0].copy()
        self._free.append(slot)
        return outputs

    def request(self) -> dict[str, Any]:
        """The memory's description for the worker."""
        return {
            "memory": self.memory,
            "slots": SLOTS,
            "slot_bytes": self._slot_bytes,
            "tensors": self._tensors,
        }

    def _views(self, number: int) -> dict[str, np.ndarray]:
        found = {}
        for name, (shape, offset) in self._tensors.items():
            start = number * self._slot_bytes + offset
            flat = np.frombuffer(self._map, np.float32, int(np.prod(shape)), start)
            found[name] = flat.reshape(shape)
        return found


def layout(input_hw: tuple[int, int]) -> tuple[dict[str, tuple[list[int], int]], int]:
    """Shape and offset of every tensor in a slot of shared memory, and the slot's size in bytes."""
    tensors, offset = {}, 0
    for name, shape in tensor_shapes(input_hw).items():
        tensors[name] = (shape, offset)
        offset += 4 * int(np.prod(shape))
    return tensors, offset
