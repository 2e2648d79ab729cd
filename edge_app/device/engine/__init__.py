"""Builds TensorRT engines on the device that will run them."""
