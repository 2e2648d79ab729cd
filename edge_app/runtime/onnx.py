"""Runs an ONNX network with ONNX Runtime: on the CPU, CUDA, or its TensorRT provider."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime as ort

from edge_app.errors import InputError
from edge_app.runtime.certificate import check_model_certificate, is_quantised
from edge_app.runtime.contract import Backend, Finished, Maps, Running, run_now
from edge_app.runtime.metadata import check_metadata, check_shapes

EXECUTION_PROVIDERS = {  # by the names of `--provider`
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
}


class OnnxBackend:
    """A network in an ONNX file, run with ONNX Runtime.

    Attributes:
        input_hw: height and width of the input picture in pixels.
        provider: what actually runs it, as named by ONNX Runtime; read from the open session.
        why: set by `auto`.

    Args:
        path: of the ONNX file.
        threads: CPU threads of the network; 0: all cores.
        provider: a key of EXECUTION_PROVIDERS.
        allow_fallback: run on the CPU if the provider is not available.

    Raises:
        InputError: the file is missing, is not an ONNX model, or its metadata does not match this
            program's preprocessing, keypoints or output shapes; the provider is not available;
            or it is INT8 without an accuracy certificate, and `trial` is not set.
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
        self.path, self.why = Path(path), ""
        if not self.path.is_file():
            raise InputError(f"no such model: {self.path}")
        if not trial:  # only the accuracy gate itself runs a network without certificate
            check_model_certificate(self.path)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(
                str(self.path), options, providers=_providers(provider, self.path)
            )
        except Exception as exc:  # onnxruntime has an exception class for every kind of damage
            raise InputError(f"cannot load {self.path}: not a valid model") from exc
        self.provider = self._session.get_providers()[0]
        wanted = EXECUTION_PROVIDERS[provider]
        if self.provider != wanted and not allow_fallback:
            lacks = "the GPU or a library of it is missing"
            if wanted not in ort.get_available_providers():
                lacks = "this ONNX Runtime has no such provider"
            raise InputError(
                f"{wanted} is not available, only {self.provider} ({lacks}): "
                "fix that, or add --allow-fallback"
            )
        self.metadata = self._session.get_modelmeta().custom_metadata_map
        check_metadata(self.path, self.metadata)
        image = self._session.get_inputs()[0]
        outputs = {o.name: o.shape for o in self._session.get_outputs()}
        self.input_hw = check_shapes(self.path, image.shape, outputs)
        self._input = image.name
        self._outputs = ["heatmaps", "pafs"]
        self._beside = ThreadPoolExecutor(1, "network")  # no thread before the first `start`

    def infer(self, blob: np.ndarray) -> Maps:
        """Runs the network.

        Args:
            blob: (1, 3, h, w) float32 from `preprocess`.

        Returns:
            heatmaps (19, h/8, w/8) and part affinity fields (38, h/8, w/8), float32.
        """
        heatmaps, pafs = self._session.run(self._outputs, {self._input: blob})
        return heatmaps[0], pafs[0]

    def start(self, blob: np.ndarray) -> Running:
        """As `infer`, in a thread of its own."""
        begun = threading.Event()

        def run() -> Finished:
            begun.set()
            return run_now(self, blob)

        running = _Run(self._beside.submit(run))
        begun.wait()  # else the caller may keep the thread from running by never pausing
        return running


class _Run:
    """A run in the network's thread."""

    seconds = 0.0

    def __init__(self, future: Future[Finished]) -> None:
        self._future = future

    def result(self) -> Maps:
        finished = self._future.result()
        self.seconds = finished.seconds
        return finished.maps


def _providers(name: str, model: Path) -> list[tuple[str, dict[str, str]]]:
    """The providers to request from ONNX Runtime, best first; it warns about missing ones."""
    chain = {"cpu": ["cpu"], "cuda": ["cuda", "cpu"], "tensorrt": ["tensorrt", "cuda", "cpu"]}[name]
    available = ort.get_available_providers()
    options = {}
    if name == "tensorrt":  # without an engine cache, every start takes minutes for a build
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
    """Opens a network for `edge_app.runtime.open`; raises like `OnnxBackend`."""
    return OnnxBackend(path, threads, provider, allow_fallback)
