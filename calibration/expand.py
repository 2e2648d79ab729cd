"""The compact INT8 file in the form TensorRT up to 8.5 needs: `python -m calibration.expand A B`.

Weights stored as INT8 become FP32 with a QuantizeLinear before the DequantizeLinear. This is
lossless: q·s divided by s rounds to q again, so both files give identical numbers. The certificate
is copied; it has both files' hashes.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.runtime.certificate import certificate_path, check_model_certificate

from .graph import Graph, attribute


def expand(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replaces every INT8 weight by FP32 → Q → DQ, and by FP32 alone where pictures are float."""
    expanded = onnx.ModelProto()
    expanded.CopyFrom(model)
    graph = Graph(expanded)
    nodes = []
    for node in graph.nodes:
        stored = graph.constant(node.input[0]) if node.op_type == "DequantizeLinear" else None
        if stored is not None and stored.ndim > 1:
            name, (scale, zero) = node.input[0], node.input[1:3]
            axis = attribute(node, "axis", 1)
            scales = graph.constant(scale)
            assert scales is not None
            along = [-1 if i == axis else 1 for i in range(stored.ndim)]
            shape = along if scales.ndim else [1] * stored.ndim
            values = stored.astype(np.float32) * scales.reshape(shape)
            if not _rounded_picture(graph, node):  # its convolution computes in float
                output = node.output[0]
                graph.initialisers[name].CopyFrom(numpy_helper.from_array(values, output))
                continue
            graph.initialisers[name].CopyFrom(numpy_helper.from_array(values, name))
            nodes.append(
                helper.make_node(
                    "QuantizeLinear", [name, scale, zero], [f"{name}_q"], f"{name}_Q", axis=axis
                )
            )
            node.input[0] = f"{name}_q"
        nodes.append(node)
    kept = [onnx.NodeProto.FromString(n.SerializeToString()) for n in nodes]
    del expanded.graph.node[:]
    expanded.graph.node.extend(kept)
    onnx.checker.check_model(expanded, full_check=True)
    return expanded


def _rounded_picture(graph: Graph, dequantise: onnx.NodeProto) -> bool:
    """Whether the convolution that reads these weights reads a quantised picture as well."""
    (conv,) = graph.readers(dequantise.output[0])
    before = graph.producer.get(conv.input[0])
    return before is not None and before.op_type == "DequantizeLinear"


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m calibration.expand", description=__doc__)
    parser.add_argument("model", type=Path, help="a certified INT8 .onnx")
    parser.add_argument("out", type=Path)
    args = parser.parse_args(argv)
    try:
        check_model_certificate(args.model)
        with whole_file(args.out) as part:
            part.write_bytes(expand(onnx.load(args.model)).SerializeToString(deterministic=True))
            shutil.copyfile(certificate_path(args.model), certificate_path(args.out))
        check_model_certificate(args.out)
    except InputError as exc:
        print(f"expand: {exc}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
