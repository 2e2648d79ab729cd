"""A network in a TensorRT engine, run by a supervised worker process."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from time import perf_counter
from typing import Any, Callable

import numpy as np

from edge_app.errors import InputError
from edge_app.runtime.contract import Maps, Running
from edge_app.runtime.tensorrt.process import Worker, WorkerDied
from edge_app.runtime.tensorrt.sidecar import check_engine_certificate, read_sidecar
from edge_app.runtime.tensorrt.slots import SLOTS, Slots

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
        self._flying: list[_Run] = []  # that the worker is computing, oldest first
        self._worker = self._start()

    @property
    def pid(self) -> int:
        """Process id of the current worker."""
        return self._worker.pid

    def infer(self, blob: np.ndarray) -> Maps:
        """(1, 3, h, w) float32 → heatmaps (19, h/8, w/8), fields (38, h/8, w/8), float32.

        Raises:
            InputError: the workers keep dying.
        """
        return self.start(blob).result()

    def start(self, blob: np.ndarray) -> Running:
        """As `infer`, in the worker; beyond `SLOTS` runs, it waits for the oldest."""
        if len(self._flying) == SLOTS:
            self._land()
        run = _Run(self._slots.put(blob), self._land)
        self._flying.append(run)
        try:
            self._worker.send(bytes([run.slot]))
        except WorkerDied as exc:
            self._restart(exc)
        return run

    def _land(self) -> None:
        """Waits for the oldest run; raises InputError if the workers keep dying."""
        deaths = 0
        while True:
            try:
                self._worker.expect(self._flying[0].slot, self._frame_s)
                break
            except WorkerDied as exc:
                deaths += 1
                if deaths == STARTS:
                    raise InputError(f"the worker died on this frame: {exc}") from exc
                self._restart(exc)
        run = self._flying.pop(0)
        run.land(self._slots.take(run.slot))
        if self._flying:  # the worker begins with it only now
            self._flying[0].begun_s = perf_counter()

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
            self._worker.send(bytes(run.slot for run in self._flying))
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


class _Run:
    """A run in the worker; a result that waited there for the caller counts as computed longer.

    Args:
        slot: of its input and outputs.
        land: waits for the worker's oldest run.
    """

    def __init__(self, slot: int, land: Callable[[], None]) -> None:
        self.slot, self._land = slot, land
        self.begun_s, self.seconds = perf_counter(), 0.0
        self._maps: Maps | None = None

    def land(self, maps: Maps) -> None:
        """The maps are there."""
        self._maps, self.seconds = maps, perf_counter() - self.begun_s

    def result(self) -> Maps:
        while self._maps is None:
            self._land()
        return self._maps
