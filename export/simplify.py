"""Simplifies ONNX models without changing numbers: folds constants into initialisers."""

from __future__ import annotations

import onnx
import onnxslim


def simplify(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model simplified by onnxslim and checked; keeps metadata and opset.

    Raises:
        onnx.checker.ValidationError: the result is not a valid model.
    """
    simplified = onnxslim.slim(model)
    simplified.producer_name = model.producer_name
    onnx.checker.check_model(simplified, full_check=True)
    return simplified
