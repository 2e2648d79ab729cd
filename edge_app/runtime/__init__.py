"""What runs a network: ONNX Runtime, OpenVINO, TensorRT."""
