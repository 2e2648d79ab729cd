"""A network in a TensorRT engine, run by a worker process that is watched and restarted."""

from __future__ import annotations

import json
import logging
import mmap
import os
import weakref
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.errors import InputError
from edge_app.runtime.metadata import tensor_shapes
from edge_app.runtime.tensorrt.process import Worker, WorkerDied
from edge_app.runtime.tensorrt.sidecar import check_engine_certificate, read_sidecar

LOG = logging.getLogger(__name__)
SLOTS = 2  # one frame computes while the next is copied
STARTS = 3  # in a row without a frame between them; then the engine is given up
START_S = 120.0  # a Nano takes half a minute to load CUDA and an engine
FRAME_S = 5.0  # far longer than any frame; a GPU that hangs is a worker that died


class EngineBackend:
    """Runs an engine file in a process of its own.

    A worker that dies or hangs is replaced, and the frames it had are given to the next one, so
    that a clip counts the same; in front of a camera the frames of the restart are lost.

    Attributes:
        path: of the engine.
        input_hw: height and width in pixels of the picture the network takes.
        provider: TensorRT's version and the precision the engine really has.
        restarts: how often a worker had to be replaced.
        gpu_memory_mib: what loading the engine took on the device.

    Raises:
        InputError: the engine is missing, damaged, foreign to this program or machine, or INT8
            without a certificate and `trial` is not set.
    """

    def __init__(self, path: str | Path, frame_s: float = FRAME_S, *, trial: bool = False) -> None:
        self.path = Path(path)
        self.sidecar = read_sidecar(self.path)
        if not trial:  # only the gate itself runs what is not signed off
            check_engine_certificate(self.path, self.sidecar)
        self.input_hw = (self.sidecar.input_h, self.sidecar.input_w)
        self.provider = f"TensorRT {self.sidecar.tensorrt} {self.sidecar.precision.upper()}"
        self.restarts = 0
        self.gpu_memory_mib = 0
        self._frame_s = frame_s
        self._tensors, self._slot_bytes = layout(self.input_hw)
        # Memory without a name: the worker inherits it, and nothing is left when both are gone.
        self._memory = os.memfd_create("edge-reps")
        weakref.finalize(self, os.close, self._memory)
        os.ftruncate(self._memory, SLOTS * self._slot_bytes)
        self._map = mmap.mmap(self._memory, SLOTS * self._slot_bytes)
        self._slots = [self._views(number) for number in range(SLOTS)]
        self._free = list(range(SLOTS))
        self._flying: list[int] = []  # slots the worker has, oldest first
        self._worker = self._start()

    @property
    def pid(self) -> int:
        """Of the worker that runs now."""
        return self._worker.pid

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(1, 3, h, w) float32 → heatmaps (19, h/8, w/8), fields (38, h/8, w/8), float32.

        Raises:
            InputError: workers die one after the other.
        """
        self.submit(blob)
        return self.collect()

    def submit(self, blob: np.ndarray) -> None:
        """Gives the worker a frame without waiting; at most SLOTS may be on their way."""
        slot = self._free.pop()
        np.copyto(self._slots[slot]["image"], blob)
        self._flying.append(slot)
        try:
            self._worker.send(bytes([slot]))
        except WorkerDied as exc:
            self._restart(exc)

    def collect(self) -> tuple[np.ndarray, np.ndarray]:
        """The outputs of the oldest frame that was submitted."""
        deaths = 0
        while True:
            try:
                self._worker.expect(self._flying[0], self._frame_s)
                break
            except WorkerDied as exc:
                deaths += 1
                if deaths == STARTS:
                    raise InputError(f"the worker dies on this frame: {exc}") from exc
                self._restart(exc)
        slot = self._flying.pop(0)
        arrays = self._slots[slot]
        outputs = arrays["heatmaps"][0].copy(), arrays["pafs"][0].copy()
        self._free.append(slot)
        return outputs

    def close(self) -> None:
        """Ends the worker."""
        self._worker.end()

    def _restart(self, why: WorkerDied) -> None:
        """A new worker, with the frames the old one had."""
        LOG.warning("the TensorRT worker is started again: %s", why)
        self.restarts += 1
        self._worker.end()
        self._worker = self._start()
        try:
            self._worker.send(bytes(self._flying))
        except WorkerDied:
            LOG.warning("the new worker died at once")  # `collect` sees it, counts it, goes on

    def _start(self) -> Worker:
        reason = ""
        for _ in range(STARTS):
            worker = Worker(self.sidecar.python, "serve", [self._memory])
            try:
                worker.send(json.dumps(self._request()).encode() + b"\n")
                answer = worker.read_message(START_S)
            except WorkerDied as exc:
                worker.end()
                reason = str(exc)
                continue
            if "failed" in answer:
                worker.end()
                raise InputError(f"{self.path}: {answer['failed']}")
            self.gpu_memory_mib = answer["gpu_memory_mib"]
            return worker
        raise InputError(f"{self.path}: the worker dies while it loads the engine: {reason}")

    def _request(self) -> dict[str, Any]:
        return {
            "engine": str(self.path.resolve()),
            "expect": self.sidecar.machine,
            "memory": self._memory,
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
    """Shape and offset of every tensor in a slot of shared memory, and the slot's bytes."""
    tensors, offset = {}, 0
    for name, shape in tensor_shapes(input_hw).items():
        tensors[name] = (shape, offset)
        offset += 4 * int(np.prod(shape))
    return tensors, offset
