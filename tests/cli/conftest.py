"""The machine with TensorRT that the commands build engines on."""

from tests.runtime.tensorrt.conftest import cudart, hide_cudart, machine

__all__ = ["cudart", "hide_cudart", "machine"]
