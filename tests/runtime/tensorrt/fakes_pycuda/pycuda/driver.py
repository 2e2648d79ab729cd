"""pycuda without a GPU, for tests: what the worker uses of `pycuda.driver`, named as in 2026.1.

"Device" memory is ordinary memory and everything happens at once. As in the real one nothing works
before `init` and without a context, and memory that nobody holds is gone.
"""

import ctypes
import os

import numpy as np


class LogicError(Exception):
    pass


_ready = []  # "init", then "context"


def _needs(step):
    if step not in _ready:
        raise LogicError(f"{step} is missing")


def init(flags=0):
    if "FAKE_CUDA_BROKEN" in os.environ:
        raise LogicError("cuInit failed: unknown error")
    _ready.append("init")


def get_version():
    return (12, 6, 0)


class event_flags:
    DEFAULT, BLOCKING_SYNC, DISABLE_TIMING = 0, 1, 2


class _Context:
    def push(self):
        _ready.append("context")


class Device:
    def __init__(self, number):
        _needs("init")

    @staticmethod
    def count():
        _needs("init")
        return 0 if "FAKE_CUDA_NONE" in os.environ else 1

    def name(self):
        return os.environ["FAKE_CUDA_GPU"]

    def compute_capability(self):
        return tuple(int(n) for n in os.environ["FAKE_CUDA_CC"].split("."))

    def retain_primary_context(self):
        return _Context()


if "FAKE_PYCUDA_OLD" in os.environ:
    del Device.retain_primary_context


def mem_get_info():
    _needs("context")
    return 1 << 30, 1 << 30


def pagelocked_empty(shape, dtype, order="C", mem_flags=0):
    _needs("context")
    return np.empty(shape, dtype, order)


class DeviceAllocation:
    def __init__(self, size):
        self._memory = ctypes.create_string_buffer(size)

    def __int__(self):
        return ctypes.addressof(self._memory)

    def __del__(self):
        ctypes.memset(self._memory, 0xFF, len(self._memory))


def mem_alloc(size):
    _needs("context")
    return DeviceAllocation(size)


class Stream:
    def __init__(self, flags=0):
        _needs("context")
        self.handle = id(self)

    def wait_for_event(self, event):
        assert isinstance(event, Event)


class Event:
    def __init__(self, flags=0):
        _needs("context")
        assert flags == event_flags.BLOCKING_SYNC | event_flags.DISABLE_TIMING

    def record(self, stream=None):
        assert isinstance(stream, Stream)
        return self

    def synchronize(self):
        return self


def memcpy_htod_async(dest, src, stream=None):
    assert isinstance(stream, Stream)
    ctypes.memmove(dest, src.ctypes.data, src.nbytes)


def memcpy_dtoh_async(dest, src, stream=None):
    assert isinstance(stream, Stream)
    ctypes.memmove(dest.ctypes.data, src, dest.nbytes)
