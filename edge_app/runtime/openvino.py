"""Runs an ONNX network with OpenVINO: twice as fast on PCs whose CPU computes in bfloat16."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edge_app.errors import InputError
from edge_app.runtime.certificate import check_model_certificate
from edge_app.runtime.contract import Backend
from edge_app.runtime.metadata import check_metadata, check_shapes

BF16 = "BF16"  # as OpenVINO names the capability


class OpenVinoBackend:
    """A network in an ONNX file, run on the CPU with OpenVINO.

    In bfloat16 if the CPU has instructions for it (AVX-512 BF16, AMX), else in float32; `provider`
    says which.

    Attributes:
        path: of the ONNX file.
        input_hw: height and width of the input picture in pixels.
        provider: OpenVINO's version and the precision it computes in, read from the compiled model.

    Args:
        path: of the ONNX file.
        threads: of the network; 0: OpenVINO decides.

    Raises:
        InputError: the file is missing, damaged, made for another program, or INT8 without a
            certificate; OpenVINO is not installed, or it cannot run the network.
    """

    def __init__(self, path: str | Path, threads: int = 0) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise InputError(f"no such model: {self.path}")
        check_model_certificate(self.path)
        try:
            import openvino
        except ModuleNotFoundError as exc:
            raise InputError(
                "--provider openvino needs OpenVINO: pip install 'edge-reps[openvino]'"
            ) from exc
        core = openvino.Core()
        try:
            model = core.read_model(str(self.path))
        except RuntimeError as exc:
            raise InputError(f"cannot load {self.path}: not a valid model") from exc
        check_metadata(self.path, _metadata(model))
        outputs = {name: _shape(o) for o in model.outputs for name in o.get_names()}
        self.input_hw = check_shapes(self.path, _shape(model.inputs[0]), outputs)
        hints: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1}
        fast = BF16 in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        hints["INFERENCE_PRECISION_HINT"] = "bf16" if fast else "f32"
        if threads:
            hints["INFERENCE_NUM_THREADS"] = threads
        try:
            compiled = core.compile_model(model, "CPU", hints)
        except RuntimeError as exc:
            raise InputError(f"OpenVINO cannot run {self.path}: {str(exc).strip()[:200]}") from exc
        self._request = compiled.create_infer_request()
        precision = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        self.provider = f"OpenVINO {openvino.__version__.split('-')[0]}, CPU, {precision}"

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `OnnxBackend.infer`."""
        found = self._request.infer({0: blob}, share_inputs=True)
        return found["heatmaps"][0], found["pafs"][0]


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
