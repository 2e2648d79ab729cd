"""`--provider auto`: the fastest way to run a network that this machine has.

In this order, each only if it opens:

1. a TensorRT engine of this network beside it, built for this board;
2. OpenVINO with the network's INT8 file, if the processor multiplies bytes in one instruction
   (VNNI or AMX) and the file passed the accuracy gate on OpenVINO;
3. OpenVINO with the network itself, in bfloat16 or float32;
4. ONNX Runtime in float32. Its CPU kernels run Q/DQ files slower than float32 ones.
"""

from __future__ import annotations

import importlib.util
import logging
from functools import partial
from pathlib import Path
from typing import Callable, Iterator, NamedTuple

from edge_app.device.hardware import ROOT, cpu_flags
from edge_app.errors import InputError
from edge_app.runtime.certificate import OPENVINO, check_model_certificate
from edge_app.runtime.contract import Backend
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.tensorrt.sidecar import file_sha256, read_sidecar

LOG = logging.getLogger(__name__)
INTEGER_UNITS = ("avx512_vnni", "avx_vnni", "amx_int8")  # as Linux names them


class Way(NamedTuple):
    """One way to run a network."""

    name: str  # what it is, for a reader
    open: Callable[[], Backend]
    why: str  # why it is the best of what is left


def ways(path: Path, threads: int, root: Path = ROOT) -> Iterator[Way]:
    """The ways to run an .onnx file on this machine, fastest first.

    Args:
        path: of the network.
        threads: CPU threads; 0: all cores.
        root: where /proc is.
    """
    engine = path.with_suffix(".engine")
    if engine.exists():
        yield Way(engine.name, partial(_open_engine, engine, path), "an engine for this board")
    if importlib.util.find_spec("openvino") is None:
        yield Way("ONNX Runtime", partial(OnnxBackend, path, threads), "OpenVINO is not installed")
        return
    units = sorted(cpu_flags(root).intersection(INTEGER_UNITS))
    int8 = int8_beside(path)
    why = f"no integer units ({', '.join(INTEGER_UNITS)})"
    if not int8.is_file():
        why = f"no {int8.name}"
    elif units:
        said = f"INT8 passed its gate on OpenVINO; the processor has {units[0]}"
        yield Way(int8.name, partial(_open_int8, int8, path, threads), said)
        why = "INT8 is refused"
    yield Way("OpenVINO", partial(_open_openvino, path, threads), why)
    yield Way("ONNX Runtime", partial(OnnxBackend, path, threads), "OpenVINO cannot run it")


def int8_beside(path: Path) -> Path:
    """NAME.onnx → NAME-int8.onnx."""
    return path.with_name(f"{path.stem}-int8.onnx")


def open_model(
    path: Path, threads: int = 0, provider: str = "auto", allow_fallback: bool = False
) -> Backend:
    """Opens a network the fastest way; its `why` says which ways were passed over.

    Raises:
        InputError: the file is missing, or no runtime opens it.
    """
    if not path.is_file():
        raise InputError(f"no such model: {path}")
    refused: list[str] = []
    error = InputError(f"nothing here runs {path}")
    for way in ways(path, threads):
        try:
            backend = way.open()
        except InputError as exc:
            error = exc
            LOG.info("%s is passed over: %s", way.name, exc)
            refused.append(f"{way.name} is refused: {exc}")
            continue
        backend.why = "; ".join([way.why, *refused])
        return backend
    raise error


def _open_engine(engine: Path, path: Path) -> Backend:
    from edge_app.runtime.tensorrt.backend import EngineBackend

    built_from = read_sidecar(engine).model_sha256
    forms = (path, path.with_name(f"{path.stem}-fp16.onnx"), int8_beside(path))
    if built_from not in (file_sha256(form) for form in forms if form.is_file()):
        raise InputError(f"{engine} was built from another network than {path.name}")
    return EngineBackend(engine)


def _open_int8(int8: Path, path: Path, threads: int) -> Backend:
    certificate = check_model_certificate(int8, OPENVINO)
    source = (certificate or {}).get("source", {})
    if source.get("sha256") != file_sha256(path):
        raise InputError(f"{int8} was made from another network than {path.name}")
    return _open_openvino(int8, threads)


def _open_openvino(path: Path, threads: int) -> Backend:
    from edge_app.runtime.openvino import OpenVinoBackend

    return OpenVinoBackend(path, threads)
