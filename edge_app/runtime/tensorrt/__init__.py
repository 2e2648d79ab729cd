"""TensorRT engines: run in a process of their own, refused if foreign."""
