"""Runs an ONNX network with OpenVINO: INT8 and bfloat16 where the processor computes in them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.errors import InputError
from edge_app.runtime.certificate import OPENVINO, check_model_certificate, is_quantised
from edge_app.runtime.contract import Backend, Maps, Running
from edge_app.runtime.metadata import check_metadata, check_shapes

BF16 = "BF16"  # as OpenVINO names the capability
TRIES = 5  # runs of each precision that are timed


class OpenVinoBackend:
    """A network in an ONNX file, run on the CPU with OpenVINO.

    A Q/DQ file computes in INT8 and, where it is not quantised, in float32. Others compute in
    bfloat16 if the CPU has it and it is faster than float32 here (on some processors it is not),
    else in float32; `provider` says which.

    Attributes:
        path: of the ONNX file.
        input_hw: height and width of the input picture in pixels.
        provider: OpenVINO's version and the precision it computes in, read from the compiled model.
        why: set by `auto`.

    Args:
        path: of the ONNX file.
        threads: of the network; 0: OpenVINO decides.
        precision: f32 or bf16, for a file that is not quantised; "": the faster one here.

    Raises:
        InputError: the file is missing, damaged, made for another program, or INT8 without a
            certificate for this OpenVINO and `trial` is not set; OpenVINO is not installed or
            broken, or it cannot run the network.
    """

    def __init__(
        self, path: str | Path, threads: int = 0, precision: str = "", *, trial: bool = False
    ) -> None:
        self.path, self.why = Path(path), ""
        if not self.path.is_file():
            raise InputError(f"no such model: {self.path}")
        certificate = None
        if not trial:  # only the accuracy gate itself runs a network without certificate
            certificate = check_model_certificate(self.path, OPENVINO)
        core, version = _core()
        if certificate is not None:
            self._check_release(certificate["passed"][OPENVINO], version)
        try:
            model = core.read_model(str(self.path))
        except RuntimeError as exc:
            raise InputError(f"cannot load {self.path}: not a valid model") from exc
        check_metadata(self.path, _metadata(model))
        outputs = {name: _shape(o) for o in model.outputs for name in o.get_names()}
        self.input_hw = check_shapes(self.path, _shape(model.inputs[0]), outputs)
        quantised = is_quantised(self.path.read_bytes())
        precisions = [precision] if precision else ["f32"]
        if not (quantised or precision) and _has_bf16(core):
            precisions.append("bf16")
        try:
            found = [_Queue(_compiled(core, model, each, threads)) for each in precisions]
            self._queue = min(found, key=self._seconds) if len(found) > 1 else found[0]
        except RuntimeError as exc:
            raise InputError(f"OpenVINO cannot run {self.path}: {str(exc).strip()[:200]}") from exc
        hint = self._queue.compiled.get_property("INFERENCE_PRECISION_HINT")
        computes = f"INT8 and {hint.to_string()}" if quantised else hint.to_string()
        self.provider = f"OpenVINO {version}, CPU, {computes}"

    def infer(self, blob: np.ndarray) -> Maps:
        """As `OnnxBackend.infer`."""
        return self._queue.start(blob).result()

    def start(self, blob: np.ndarray) -> Running:
        """As `infer`, in OpenVINO's own threads; runs are computed one after the other."""
        return self._queue.start(blob)

    def _check_release(self, passed: str, version: str) -> None:
        """Refuses INT8 in another release (2026.4) than the gate ran on: it may round otherwise."""
        if passed.split(".")[:2] != version.split(".")[:2]:
            raise InputError(
                f"{self.path.name} passed its gate on OpenVINO {passed}, not {version}: install "
                "that one, run python -m calibration.build, or use the FP32 model"
            )

    def _seconds(self, queue: _Queue) -> float:
        """The shortest of a few runs, after one that OpenVINO prepares itself in."""
        blob = np.zeros((1, 3, *self.input_hw), np.float32)
        took = []
        for _ in range(TRIES + 1):
            run = queue.start(blob)
            run.result()
            took.append(run.seconds)
        return min(took[1:])


class _Queue:
    """A compiled network with its requests, which share the processor.

    Attributes:
        idle: requests whose result was taken.
        ended_s: when the last run ended whose result was taken.
    """

    def __init__(self, compiled: Any) -> None:
        self.compiled = compiled
        self.idle = [_Request(self)]
        self.ended_s = 0.0

    def start(self, blob: np.ndarray) -> _Request:
        """Begins a run, behind those that were begun before."""
        request = self.idle.pop() if self.idle else _Request(self)
        request.start(blob)
        return request


class _Request:
    """An inference request of OpenVINO, used for one run after another."""

    def __init__(self, queue: _Queue) -> None:
        self._queue, self._request = queue, queue.compiled.create_infer_request()
        self._outputs = [queue.compiled.output(name) for name in ("heatmaps", "pafs")]
        self._bound: np.ndarray | None = None
        self._begun_s = self.seconds = 0.0

    def start(self, blob: np.ndarray) -> None:
        if blob is not self._bound:  # a loop fills the same array for each frame
            self._request.set_input_tensor(0, _shared(blob))
            self._bound = blob
        self._begun_s = time.perf_counter()
        self._request.start_async()

    def result(self) -> Maps:
        if self._request.wait_for(0):  # it waited for the caller
            ended_s = self._begun_s + self._request.latency / 1000
        else:
            self._request.wait()
            ended_s = time.perf_counter()
        heatmaps, pafs = (self._request.get_tensor(port).data[0].copy() for port in self._outputs)
        # Taken out of order, a run counts the earlier ones with its own; the sum stays right.
        self.seconds = max(0.0, ended_s - max(self._begun_s, self._queue.ended_s))
        self._queue.ended_s = max(ended_s, self._queue.ended_s)
        self._queue.idle.append(self)
        return heatmaps, pafs


def _shared(blob: np.ndarray) -> Any:
    """A tensor over an array's own memory."""
    import openvino

    return openvino.Tensor(blob, shared_memory=True)


def has_bf16() -> bool:
    """Whether OpenVINO computes in bfloat16 here; raises InputError if it does not start."""
    return _has_bf16(_core()[0])


def _has_bf16(core: Any) -> bool:
    return BF16 in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _core() -> tuple[Any, str]:
    """OpenVINO's core with its CPU plug-in, and its version."""
    try:
        import openvino

        core = openvino.Core()
        core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    except ModuleNotFoundError as exc:
        raise InputError(
            "--provider openvino needs OpenVINO: pip install 'edge-reps[openvino]'"
        ) from exc
    except (ImportError, OSError, RuntimeError) as exc:
        said = str(exc).strip().splitlines() or [type(exc).__name__]
        raise InputError(f"OpenVINO does not start here: {said[-1][:200]}") from exc
    return core, openvino.__version__.split("-")[0]


def _compiled(core: Any, model: Any, precision: str, threads: int) -> Any:
    """The model compiled in a precision, f32 or bf16."""
    hints: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1}
    hints["INFERENCE_PRECISION_HINT"] = precision
    if threads:
        hints["INFERENCE_NUM_THREADS"] = threads
    return core.compile_model(model, "CPU", hints)


def _metadata(model: Any) -> dict[str, str]:
    """Metadata of an ONNX file: OpenVINO keeps it in a section of its run-time information."""
    if not model.has_rt_info(["framework"]):
        return {}
    names = model.get_rt_info()["framework"]
    return {name: model.get_rt_info(["framework", name]).astype(str) for name in names}


def _shape(tensor: Any) -> list[Any]:
    """The number of a fixed dimension; OpenVINO's text for one that is not fixed."""
    return [d.get_length() if d.is_static else str(d) for d in tensor.get_partial_shape()]


def open_model(
    path: Path, threads: int = 0, provider: str = "openvino", allow_fallback: bool = False
) -> Backend:
    """Opens a network for `edge_app.runtime.open`; raises like `OpenVinoBackend`."""
    return OpenVinoBackend(path, threads)
