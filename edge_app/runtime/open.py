"""Opens a network by its name or file, with the chosen runtime."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path

from edge_app.errors import InputError
from edge_app.runtime.contract import Backend
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.providers import AUTO, PROVIDERS

LOG = logging.getLogger(__name__)
SHIPPED = {"accurate": "pose.onnx", "fast": "pose-fast.onnx"}


def shipped_model(name: str) -> Path:
    """A network that ships with the program: in the wheel, or in the checkout.

    Raises:
        InputError: the network is in neither.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "weights", package.parent / "models" / "weights"):
        if (folder / SHIPPED[name]).is_file():
            return folder / SHIPPED[name]
    raise InputError(f"the model {SHIPPED[name]} is missing: install edge-reps again")


def open_backend(
    path: str | Path | None = None,
    threads: int = 0,
    provider: str = AUTO,
    allow_fallback: bool = False,
) -> Backend:
    """Opens a network by its name ("fast", which None means, or "accurate") or by its file.

    The provider runs an .onnx file; TensorRT runs an .engine file in its own process. `auto` takes
    the fastest way that this machine has (`edge_app.runtime.auto`). With
    `allow_fallback`, ONNX Runtime on the CPU replaces what is refused (an engine by "fast"): a
    slow station is better than none.

    Args:
        path: name or file.
        threads: CPU threads of the network; 0: all cores.
        provider: a key of `PROVIDERS`.
        allow_fallback: run on the CPU if necessary.

    Raises:
        InputError: the network cannot be opened.
    """
    name = "fast" if path is None else str(path)
    path = shipped_model(name) if name in SHIPPED else Path(name)
    if path.suffix not in (".onnx", ".engine"):
        raise InputError(f"{path} must be an .onnx or .engine file")
    try:
        return _open(path, threads, provider, allow_fallback)
    except InputError as exc:
        replaceable = (
            path.suffix == ".engine" or PROVIDERS[provider].module != OnnxBackend.__module__
        )
        if not (allow_fallback and replaceable):
            raise
        instead = shipped_model("fast") if path.suffix == ".engine" else path
        LOG.warning("%s; until then %s runs on the CPU with ONNX Runtime", exc, instead.name)
        return OnnxBackend(instead, threads)


def _open(path: Path, threads: int, provider: str, allow_fallback: bool) -> Backend:
    if path.suffix == ".engine":
        from edge_app.runtime.tensorrt.backend import EngineBackend

        return EngineBackend(path)
    module = importlib.import_module(PROVIDERS[provider].module)
    backend: Backend = module.open_model(path, threads, provider, allow_fallback)
    return backend
