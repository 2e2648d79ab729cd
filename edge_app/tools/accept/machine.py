"""Step `machine`: what the doctor finds, versions, power mode, the networks' hashes."""

from __future__ import annotations

import importlib.util

from edge_app.device.doctor import PROBLEM, as_table, examine
from edge_app.device.hardware import cpu_flags
from edge_app.errors import InputError
from edge_app.runtime.auto import INTEGER_UNITS
from edge_app.runtime.open import SHIPPED, open_backend, shipped_model
from edge_app.runtime.tensorrt.process import probe_tensorrt
from edge_app.runtime.tensorrt.sidecar import file_sha256
from edge_app.tools.accept.rig import Failed, Found, Rig
from edge_app.tools.bench.report import describe_board, versions


def machine(rig: Rig, found: Found) -> str:
    """Describes the machine; fails with the doctor's problems."""
    found["board"] = describe_board(rig.root)
    found["versions"] = {**versions(), **_openvino()}
    found["units"] = sorted(cpu_flags(rig.root).intersection(INTEGER_UNITS))
    found["networks"] = {name: file_sha256(shipped_model(name)) for name in SHIPPED}
    try:
        found["tensorrt"] = probe_tensorrt()
    except InputError as exc:
        found["tensorrt"] = {"missing": str(exc)}
    findings = examine(lambda: open_backend(threads=rig.threads), rig.clock, rig.root)
    found["doctor"] = as_table(findings)
    problems = [f"{f.what}: {f.said}" for f in findings if f.level == PROBLEM]
    if problems:
        raise Failed("; ".join(problems))
    told = {f.what: f.said for f in findings}
    return f"{told['board']}; {told['tensorrt']}; power mode {told['power mode']}"


def _openvino() -> dict[str, str]:
    if importlib.util.find_spec("openvino") is None:
        return {}
    try:
        import openvino
    except (ImportError, OSError) as exc:
        return {"openvino": f"broken: {exc}"}
    return {"openvino": openvino.__version__}
