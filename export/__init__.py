"""From trained weights to the files that run: ONNX, later INT8 and TensorRT."""
