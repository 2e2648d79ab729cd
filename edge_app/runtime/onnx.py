"""Runs an ONNX network by ONNX Runtime: on the processor, CUDA, or its TensorRT provider."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort

from edge_app.errors import InputError
from edge_app.runtime.certificate import check_model_certificate, is_quantised
from edge_app.runtime.contract import Backend
from edge_app.runtime.metadata import check_metadata, check_shapes

EXECUTION_PROVIDERS = {  # by the name that `--provider` takes
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
}


class OnnxBackend:
    """A network in an ONNX file, run by ONNX Runtime.

    Attributes:
        input_hw: height and width in pixels of the picture the network takes.
        provider: what really runs it, as ONNX Runtime names it; asked of the open session.

    Args:
        path: of the ONNX file.
        threads: of the network on the CPU; 0: all cores.
        provider: a key of EXECUTION_PROVIDERS.
        allow_fallback: run on what there is if the provider cannot be had.

    Raises:
        InputError: the file is missing, is no ONNX model, or its metadata do not match this
            program's preprocessing, keypoints or output shapes; the provider cannot be had; or it
            is INT8 without a certificate of the accuracy gate, and `trial` is not set.
    """

    def __init__(
        self,
        path: str | Path,
        threads: int = 0,
        provider: str = "cpu",
        allow_fallback: bool = False,
        *,
        trial: bool = False,
    ) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise InputError(f"there is no model {self.path}")
        if not trial:  # only the gate itself runs what is not signed off
            check_model_certificate(self.path)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(
                str(self.path), options, providers=_providers(provider, self.path)
            )
        except Exception as exc:  # onnxruntime raises a class of its own for every kind of damage
            raise InputError(f"{self.path} is not a model that can be loaded") from exc
        self.provider = self._session.get_providers()[0]
        wanted = EXECUTION_PROVIDERS[provider]
        if self.provider != wanted and not allow_fallback:
            lacks = "the GPU or a library of it is missing"
            if wanted not in ort.get_available_providers():
                lacks = "this ONNX Runtime has no such provider"
            raise InputError(
                f"{wanted} was asked for and {self.provider} is what runs ({lacks}): "
                "mend that, or allow it with --allow-fallback"
            )
        self.metadata = self._session.get_modelmeta().custom_metadata_map
        check_metadata(self.path, self.metadata)
        image = self._session.get_inputs()[0]
        outputs = {o.name: o.shape for o in self._session.get_outputs()}
        self.input_hw = check_shapes(self.path, image.shape, outputs)
        self._input = image.name
        self._outputs = ["heatmaps", "pafs"]

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Runs the network.

        Args:
            blob: (1, 3, h, w) float32 from `preprocess`.

        Returns:
            heatmaps (19, h/8, w/8) and part affinity fields (38, h/8, w/8), float32.
        """
        heatmaps, pafs = self._session.run(self._outputs, {self._input: blob})
        return heatmaps[0], pafs[0]


def _providers(name: str, model: Path) -> list[tuple[str, dict[str, str]]]:
    """What to ask of ONNX Runtime, best first, with options; it warns of what it does not have."""
    chain = {"cpu": ["cpu"], "cuda": ["cuda", "cpu"], "tensorrt": ["tensorrt", "cuda", "cpu"]}[name]
    available = ort.get_available_providers()
    options = {}
    if name == "tensorrt":  # without a cache of engines every start takes the minutes of a build
        cache = Path.home() / ".cache" / "edge-reps" / "onnxruntime-tensorrt"
        options["tensorrt"] = {
            "trt_engine_cache_enable": "1",
            "trt_engine_cache_path": str(cache),
            "trt_int8_enable": str(int(is_quantised(model.read_bytes()))),
        }
    return [
        (EXECUTION_PROVIDERS[p], options.get(p, {}))
        for p in chain
        if EXECUTION_PROVIDERS[p] in available
    ]


def open_model(
    path: Path, threads: int = 0, provider: str = "cpu", allow_fallback: bool = False
) -> Backend:
    """Opens a network for `edge_app.runtime.open`; raises as `OnnxBackend` does."""
    return OnnxBackend(path, threads, provider, allow_fallback)
