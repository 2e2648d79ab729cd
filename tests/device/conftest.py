"""The machine with TensorRT that the doctor looks at."""

from tests.runtime.tensorrt.conftest import cudart, machine

__all__ = ["cudart", "machine"]
