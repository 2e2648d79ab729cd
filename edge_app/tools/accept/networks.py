"""The ways in which this machine can run a network: built engines, and every provider here."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Callable

import numpy as np
import onnxruntime as ort

from edge_app.errors import InputError
from edge_app.runtime.auto import int8_beside
from edge_app.runtime.certificate import OPENVINO, check_model_certificate
from edge_app.runtime.contract import Backend
from edge_app.runtime.onnx import EXECUTION_PROVIDERS, OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.runtime.tensorrt.backend import EngineBackend
from edge_app.tools.accept.engines import PRECISIONS, engine_path
from edge_app.tools.accept.rig import Rig

REFERENCE = "ONNX Runtime fp32"
NETWORK = "fast"  # the default network, for load and latency
TRIES = 10


@dataclass(frozen=True)
class Way:
    """One way to run a network.

    Attributes:
        network: fast or accurate.
        name: runtime and precision, for a reader.
        precision: fp32, fp16, bf16 or int8.
    """

    network: str
    name: str
    precision: str
    open: Callable[[], Backend]


def ways(rig: Rig, network: str) -> tuple[list[Way], dict[str, str]]:
    """What can run a network here, the reference first, and what cannot → why."""
    model, threads = shipped_model(network), rig.threads
    found = [Way(network, REFERENCE, "fp32", partial(OnnxBackend, model, threads))]
    left_out: dict[str, str] = {}
    for precision in PRECISIONS:
        engine = engine_path(rig.engines, network, precision)
        if engine.exists():
            name = f"TensorRT {precision}"
            found.append(Way(network, name, precision, partial(EngineBackend, engine)))
    if EXECUTION_PROVIDERS["cuda"] in ort.get_available_providers():
        _add(found, left_out, "ONNX Runtime CUDA fp32", partial(OnnxBackend, model, 0, "cuda"))
    if importlib.util.find_spec("openvino") is None:
        left_out["OpenVINO"] = "it is not installed"
        return found, left_out
    from edge_app.runtime.openvino import OpenVinoBackend, has_bf16

    try:
        precisions = ("fp32", "bf16") if has_bf16() else ("fp32",)
    except InputError as exc:
        left_out["OpenVINO"] = str(exc)
        return found, left_out
    for precision in precisions:
        hint = "f32" if precision == "fp32" else precision
        open_it = partial(OpenVinoBackend, model, threads, hint)
        found.append(Way(network, f"OpenVINO {precision}", precision, open_it))
    int8 = int8_beside(model)
    if not int8.is_file():
        left_out["OpenVINO int8"] = f"no {int8.name}"
        return found, left_out
    try:
        check_model_certificate(int8, OPENVINO)
        found.append(Way(network, "OpenVINO int8", "int8", partial(OpenVinoBackend, int8, threads)))
    except InputError as exc:
        left_out["OpenVINO int8"] = str(exc)
    return found, left_out


def _add(
    found: list[Way], left_out: dict[str, str], name: str, open_it: Callable[[], Backend]
) -> None:
    """Adds a way that a package offers and the machine may not have."""
    try:
        close(open_it())
        found.append(Way(found[0].network, name, "fp32", open_it))
    except InputError as exc:
        left_out[name] = str(exc)


def fastest(rig: Rig) -> tuple[Way, Backend]:
    """The fastest way to run the default network, open: by the step `parity`, else timed now.

    Raises:
        InputError: nothing runs it.
    """
    there, _ = ways(rig, NETWORK)
    speeds = {name: ms for (network, name), ms in rig.speeds_ms.items() if network == NETWORK}
    for way in there:
        if not rig.speeds_ms and len(there) > 1:
            speeds[way.name] = _timed_ms(way)
    best = min(there, key=lambda way: speeds.get(way.name, np.inf))
    return best, best.open()


def _timed_ms(way: Way) -> float:
    try:
        backend = way.open()
    except InputError:
        return float("inf")  # `parity` is the step that complains
    blob = np.zeros((1, 3, *backend.input_hw), np.float32)
    took = []
    for _ in range(TRIES):
        begun_s = perf_counter()
        backend.infer(blob)
        took.append(1e3 * (perf_counter() - begun_s))
    close(backend)
    return min(took)


def close(backend: Backend) -> None:
    """Ends an engine's worker; others have nothing to end."""
    if isinstance(backend, EngineBackend):
        backend.close()
