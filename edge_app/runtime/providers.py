"""The runtimes of .onnx files. A new runtime is its own module and one line here."""

from __future__ import annotations

from typing import NamedTuple


class Provider(NamedTuple):
    """A runtime: its module, which has `open_model`, and whether it needs a GPU."""

    module: str
    gpu: bool = False


AUTO = "auto"
PROVIDERS = {
    AUTO: Provider("edge_app.runtime.auto"),
    "cpu": Provider("edge_app.runtime.onnx"),
    "cuda": Provider("edge_app.runtime.onnx", gpu=True),
    "tensorrt": Provider("edge_app.runtime.onnx", gpu=True),
    "openvino": Provider("edge_app.runtime.openvino"),
}
