"""FP32 ONNX → FP16 ONNX: `python -m export.to_fp16 models/weights/pose.onnx --out pose-fp16.onnx`.

TensorRT 11 no longer has an FP16 switch: it runs the types in the file. Input and outputs stay
float, so nothing else changes. Earlier versions take the FP32 file and their own switch.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.runtime.certificate import is_quantised
from edge_app.runtime.onnx import OnnxBackend
from models.command import tool

from .simplify import simplify


def to_fp16(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network with FP16 weights and arithmetic, float at both ends, checked."""
    half = convert_float_to_float16(simplify(model), keep_io_types=True)
    half = simplify(half)  # sorts: the converter puts its casts at the end of the file
    half.metadata_props.add(key="precision", value="fp16")
    return half


@tool("to_fp16")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m export.to_fp16", description=__doc__)
    parser.add_argument("model", type=Path, help="the FP32 .onnx")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    OnnxBackend(args.model)  # raises a clear error for an invalid file
    if is_quantised(args.model.read_bytes()):
        raise InputError(f"{args.model} is quantised: give the FP32 network")
    half = to_fp16(onnx.load(args.model))
    with whole_file(args.out) as part:
        part.write_bytes(half.SerializeToString(deterministic=True))
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
