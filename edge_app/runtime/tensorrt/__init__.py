"""TensorRT engines: built on the device, run in a process of their own, refused if foreign."""
