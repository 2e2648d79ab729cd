"""TensorRT engines: run in their own process, refused if built for another machine."""
