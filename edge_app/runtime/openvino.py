"""Runs an ONNX network by OpenVINO: on PCs whose processor computes in bfloat16, twice as fast."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edge_app.errors import InputError
from edge_app.runtime.contract import Backend
from edge_app.runtime.onnx import OnnxBackend

BF16 = "BF16"  # as OpenVINO names the capability


class OpenVinoBackend:
    """A network in an ONNX file on the processor, by OpenVINO.

    In bfloat16 where the processor has instructions for it (AVX-512 BF16, AMX), else in float32;
    `provider` says which.

    Attributes:
        path: of the ONNX file.
        input_hw: height and width in pixels of the picture the network takes.
        provider: OpenVINO's version and the precision it computes in, asked of the compiled model.

    Args:
        path: of the ONNX file.
        threads: of the network; 0: as OpenVINO sees fit.

    Raises:
        InputError: what `OnnxBackend` refuses, OpenVINO is not installed, or it cannot run it.
    """

    def __init__(self, path: str | Path, threads: int = 0) -> None:
        checked = OnnxBackend(path, threads=1)  # file, metadata, shapes and pass, in one place
        self.path, self.input_hw = checked.path, checked.input_hw
        try:
            import openvino
        except ModuleNotFoundError as exc:
            raise InputError(
                "--provider openvino needs OpenVINO: pip install 'edge-reps[openvino]'"
            ) from exc
        core = openvino.Core()
        hints = {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1}
        fast = BF16 in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        hints["INFERENCE_PRECISION_HINT"] = "bf16" if fast else "f32"
        if threads:
            hints["INFERENCE_NUM_THREADS"] = threads
        try:
            compiled = core.compile_model(str(path), "CPU", hints)
        except RuntimeError as exc:
            raise InputError(f"OpenVINO cannot run {path}: {str(exc).strip()[:200]}") from exc
        self._request = compiled.create_infer_request()
        precision = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        self.provider = f"OpenVINO {openvino.__version__.split('-')[0]}, CPU, {precision}"

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `OnnxBackend.infer`."""
        found = self._request.infer({0: blob}, share_inputs=True)
        return found["heatmaps"][0], found["pafs"][0]


def open_model(
    path: Path, threads: int = 0, provider: str = "openvino", allow_fallback: bool = False
) -> Backend:
    """Opens a network for `edge_app.runtime.open`; raises as `OpenVinoBackend` does."""
    return OpenVinoBackend(path, threads)
