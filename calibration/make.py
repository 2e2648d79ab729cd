"""FP32 → INT8 by a recipe, with every step checked and linted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

from edge_app.errors import InputError
from edge_app.runtime.certificate import ONNX_RUNTIME, OPENVINO, is_quantised
from edge_app.runtime.contract import Backend
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.openvino import OpenVinoBackend
from export.simplify import simplify

from .correct import correct_bias
from .equalise import equalise
from .expand import expand
from .lint import lint
from .quantise import Recipe, quantise
from .split import split_concatenations

LARGEST_CHANGE = 1e-4  # of any output after cross-layer equalisation, which must change nothing
CORRECTED_ON = 32  # pictures for bias correction, which runs the network once per layer


def load_fp32(path: Path) -> onnx.ModelProto:
    """A float network, simplified.

    Raises:
        InputError: not a model, or a quantised one.
    """
    OnnxBackend(path, threads=1)  # raises a clear error for an invalid file
    if is_quantised(path.read_bytes()):
        raise InputError(f"{path} is already quantised: give the FP32 network")
    return simplify(onnx.load(path))


def make_int8(
    fp32: onnx.ModelProto, blobs: np.ndarray, recipe: Recipe, about: dict[str, str]
) -> onnx.ModelProto:
    """Runs every step of the recipe, and lints the result.

    Args:
        fp32: the network. blobs: the calibration pictures. recipe: the steps.
        about: metadata to write into the file.

    Raises:
        InputError: a step changed what it must not change.
    """
    source = split_concatenations(fp32)
    if recipe.equalise:
        source, _ = equalise(source)
    change = largest_change(fp32, source, blobs[:8])
    if change > LARGEST_CHANGE:
        raise InputError(f"splitting or equalisation changed the network by {change:.2g}")
    model = quantise(source, blobs, recipe)
    if recipe.correct_bias:
        step = max(1, len(blobs) // CORRECTED_ON)
        model = correct_bias(model, source, blobs[::step])
    for key, value in {**about, "precision": "int8"}.items():
        model.metadata_props.add(key=key, value=value)
    expanded = expand(model)
    findings = lint(model, recipe.keep_float) + lint(expanded, recipe.keep_float, False)
    if findings:
        raise InputError("the graph breaks rules: " + "; ".join(findings))
    if largest_change(model, expanded, blobs[:4]) != 0:
        raise InputError("the expanded form gives other numbers than the compact one")
    return model


def largest_change(a: onnx.ModelProto, b: onnx.ModelProto, blobs: np.ndarray) -> float:
    """Largest absolute difference of any output value of two models."""
    sessions = [
        ort.InferenceSession(m.SerializeToString(), providers=["CPUExecutionProvider"])
        for m in (a, b)
    ]
    name = a.graph.input[0].name
    worst = 0.0
    for blob in blobs:
        outputs = [s.run(None, {name: blob}) for s in sessions]
        worst = max(worst, *(float(np.abs(x - y).max()) for x, y in zip(*outputs)))
    return worst


def serialised(model: onnx.ModelProto) -> bytes:
    """Serialises deterministically: the same bytes for the same model."""
    return model.SerializeToString(deterministic=True)


def on_trial(model: onnx.ModelProto, path: Path, runtime: str = ONNX_RUNTIME) -> Backend:
    """Writes an INT8 network without certificate to `path`, and opens it for measurement.

    ONNX Runtime gets the expanded form, which gives identical numbers and is faster there.
    """
    if runtime == OPENVINO:
        path.write_bytes(serialised(model))
        return OpenVinoBackend(path, threads=1, trial=True)
    path.write_bytes(serialised(expand(model)))
    return OnnxBackend(path, threads=1, trial=True)
