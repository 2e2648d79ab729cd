"""Step `engines`: builds both networks in every precision that this board can."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any

from edge_app.device.engine.build import build_engine
from edge_app.device.engine.precision import choose_precision, find_forms
from edge_app.errors import InputError
from edge_app.runtime.open import SHIPPED, shipped_model
from edge_app.runtime.tensorrt.process import probe_tensorrt
from edge_app.tools.accept.rig import Failed, Found, Rig, Skipped

PRECISIONS = ("fp32", "fp16", "int8")
MIB = 2**20


def engine_path(folder: Path, network: str, precision: str) -> Path:
    """The engine of a network in a precision, built or not."""
    return folder / f"{network}-{precision}.engine"


def engines(rig: Rig, found: Found) -> str:
    """Builds the engines; fails if one cannot be built that this board should be able to run."""
    try:
        probed = probe_tensorrt()
    except InputError as exc:
        raise Skipped(str(exc)) from exc
    found.update(folder=rig.engines.name, built={}, not_for_this_board={}, failed={})
    rig.engines.mkdir(parents=True, exist_ok=True)
    for network in SHIPPED:
        model = shipped_model(network)
        for precision in PRECISIONS:
            name = f"{network} {precision}"
            try:
                choose_precision(precision, probed, find_forms(model), False, False)
            except InputError as exc:
                found["not_for_this_board"][name] = str(exc)
                continue
            rig.note(f"engines: {name}")
            try:
                found["built"][name] = _build(rig, network, model, precision)
            except (InputError, OSError) as exc:  # such as a full disk
                found["failed"][name] = str(exc)
    if found["failed"]:
        raise Failed("; ".join(f"{name}: {why}" for name, why in found["failed"].items()))
    left = ", ".join(found["not_for_this_board"]) or "none"
    return f"built {', '.join(found['built'])}; not for this board: {left}"


def _build(rig: Rig, network: str, model: Path, precision: str) -> dict[str, Any]:
    begun_s = monotonic()
    path = engine_path(rig.engines, network, precision)

    def progress(message: dict[str, Any] | None) -> None:
        rig.note(f"engines: {network} {precision}, {monotonic() - begun_s:.0f} s")

    sidecar = build_engine(model, path, precision, progress=progress)
    return {
        "seconds": round(monotonic() - begun_s, 1),
        "mib": round(path.stat().st_size / MIB, 2),
        "of": sidecar.model,
        "tactics": sidecar.tactics,
    }
