"""A network in a TensorRT engine, run by a supervised worker process."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.errors import InputError
from edge_app.runtime.tensorrt.process import Worker, WorkerDied
from edge_app.runtime.tensorrt.sidecar import check_engine_certificate, read_sidecar
from edge_app.runtime.tensorrt.slots import Slots

LOG = logging.getLogger(__name__)
STARTS = 3  # restarts in a row without a frame in between; then the engine is given up
START_S = 120.0  # a Nano takes half a minute to load CUDA and an engine
FRAME_S = 5.0  # far longer than any frame; a hanging GPU counts as a dead worker


# attributes: what every runtime says of itself, and the worker with the slots that it fills.
class EngineBackend:
    """Runs an engine file in its own process.

    A worker that dies or hangs is replaced, and the next one gets its pending frames, so that a
    clip counts the same; in front of a camera, the frames of the restart are lost.

    Attributes:
        path: of the engine.
        input_hw: height and width of the input picture in pixels.
        provider: TensorRT's version and the actual precision of the engine.
        why: set by `auto`.
        restarts: number of replaced workers.
        gpu_memory_mib: device memory taken by loading the engine.

    Raises:
        InputError: the engine is missing, damaged, made for another program or machine, or INT8
            without a certificate and `trial` is not set.
    """

    def __init__(self, path: str | Path, frame_s: float = FRAME_S, *, trial: bool = False) -> None:
        self.path, self.why = Path(path), ""
        self.sidecar = read_sidecar(self.path)
        if not trial:  # only the accuracy gate itself runs a network without certificate
            check_engine_certificate(self.path, self.sidecar)
        self.input_hw = (self.sidecar.input_h, self.sidecar.input_w)
        self.provider = f"TensorRT {self.sidecar.tensorrt} {self.sidecar.precision.upper()}"
        self.restarts = 0
        self.gpu_memory_mib = 0
        self._frame_s = frame_s
        self._slots = Slots(self.input_hw)
        self._flying: list[int] = []  # slots that the worker is computing, oldest first
        self._worker = self._start()

    @property
    def pid(self) -> int:
        """Process id of the current worker."""
        return self._worker.pid

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(1, 3, h, w) float32 → heatmaps (19, h/8, w/8), fields (38, h/8, w/8), float32.

        Raises:
            InputError: the workers keep dying.
        """
        self.submit(blob)
        return self.collect()

    def submit(self, blob: np.ndarray) -> None:
        """Gives the worker a frame without waiting; at most `SLOTS` may be pending."""
        slot = self._slots.put(blob)
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
                    raise InputError(f"the worker died on this frame: {exc}") from exc
                self._restart(exc)
        return self._slots.take(self._flying.pop(0))

    def close(self) -> None:
        """Stops the worker."""
        self._worker.end()

    def _restart(self, why: WorkerDied) -> None:
        """Starts a new worker with the old one's pending frames."""
        LOG.warning("restarting the TensorRT worker: %s", why)
        self.restarts += 1
        self._worker.end()
        self._worker = self._start()
        try:
            self._worker.send(bytes(self._flying))
        except WorkerDied:
            LOG.warning("the new worker died at once")  # `collect` notices, counts it and continues

    def _start(self) -> Worker:
        reason = ""
        for _ in range(STARTS):
            worker = Worker(self.sidecar.python, "serve", [self._slots.memory])
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
        raise InputError(f"{self.path}: the worker died while loading the engine: {reason}")

    def _request(self) -> dict[str, Any]:
        return {
            "engine": str(self.path.resolve()),
            "expect": self.sidecar.machine,
            **self._slots.request(),
        }
