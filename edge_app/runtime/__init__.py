"""Runtimes of the network: ONNX Runtime, OpenVINO, TensorRT."""
