"""A TensorRT without a GPU, for tests: an "engine" is the ONNX file, run by ONNX Runtime.

It has what TensorRT 8.2 to 11 have between them; what the version in FAKE_TENSORRT_SURFACE (a JSON
file of the real one's names) lacks is taken away at the end, so that an adapter that touches more
than this version has fails here as it would on the device.
"""

import ctypes
import json
import os
import time

import numpy as np
import onnxruntime as ort

MAGIC = b"fake engine\n"
CALIBRATION_HEADER = b"TRT-FAKE-EntropyCalibration2\n"

with open(os.environ["FAKE_TENSORRT_SURFACE"]) as _file:
    _SURFACE = json.load(_file)
__version__ = _SURFACE["version"]


def _open(onnx):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])


class _Value(int):
    """A member of an enumeration. Python's own enumerations do not let members be taken away."""

    name = ""


def _enumeration(title, *names):
    members = {}
    for number, name in enumerate(names):
        members[name] = _Value(number)
        members[name].name = name
    return type(title, (), members)


DataType = _enumeration("DataType", "FLOAT", "HALF", "INT8", "INT32")
TensorIOMode = _enumeration("TensorIOMode", "NONE", "INPUT", "OUTPUT")
LayerType = _enumeration("LayerType", "CONVOLUTION", "QUANTIZE")
MemoryPoolType = _enumeration("MemoryPoolType", "WORKSPACE")
BuilderFlag = _enumeration("BuilderFlag", "FP16", "INT8")
NetworkDefinitionCreationFlag = _enumeration("NetworkDefinitionCreationFlag", "EXPLICIT_BATCH")
TacticSource = _enumeration(
    "TacticSource", "CUBLAS", "CUBLAS_LT", "CUDNN", "EDGE_MASK_CONVOLUTIONS"
)


class ILogger:
    Severity = _enumeration("Severity", "INTERNAL_ERROR", "ERROR", "WARNING", "INFO", "VERBOSE")

    def log(self, severity, msg):
        raise NotImplementedError


class IHostMemory(bytes):
    pass


class ITimingCache:
    def __init__(self, data):
        self._data = data

    def serialize(self):
        return IHostMemory(self._data or b"timings of " + __version__.encode())


class IInt8EntropyCalibrator2:
    pass


class IProgressMonitor:
    pass


class ILayer:
    def __init__(self, kind, dtype):
        self.type, self._dtype = kind, dtype

    def get_output_type(self, index):
        return self._dtype


class INetworkDefinition:
    _onnx = b""

    @property
    def _layers(self):
        kinds = [LayerType.CONVOLUTION]
        kinds += [LayerType.QUANTIZE] if b"QuantizeLinear" in self._onnx else []
        return [ILayer(kind, DataType.FLOAT) for kind in kinds]

    @property
    def num_layers(self):
        return len(self._layers)

    def get_layer(self, index):
        return self._layers[index]


class ParserError:
    def desc(self):
        return "the fake cannot read this"


class OnnxParser:
    def __init__(self, network, logger):
        self._network = network
        self.num_errors = 0

    def parse(self, model, path=None):
        try:
            _open(model)
        except Exception:
            self.num_errors = 1
            return False
        self._network._onnx = model
        return True

    def get_error(self, index):
        return ParserError()


class IBuilderConfig:
    progress_monitor = int8_calibrator = None
    max_workspace_size = 0

    def __init__(self):
        self._flags, self._sources, self._cache = set(), 0b1111, None

    def __setattr__(self, name, value):
        if not name.startswith("_") and not hasattr(type(self), name):
            raise AttributeError(name)  # as pybind11 does
        object.__setattr__(self, name, value)

    def set_memory_pool_limit(self, pool, pool_size):
        assert pool is MemoryPoolType.WORKSPACE
        self._workspace = pool_size

    def set_flag(self, flag):
        self._flags.add(flag)

    def get_tactic_sources(self):
        return self._sources

    def set_tactic_sources(self, tactic_sources):
        self._sources = tactic_sources
        return True

    def create_timing_cache(self, serialized_timing_cache):
        return ITimingCache(bytes(serialized_timing_cache))

    def set_timing_cache(self, cache, ignore_mismatch):
        self._cache = cache
        return cache._data in (b"", b"timings of " + __version__.encode())

    def get_timing_cache(self):
        return self._cache


class Builder:
    def __init__(self, logger):
        self._logger = logger

    @property
    def platform_has_fast_fp16(self):
        return True

    @property
    def platform_has_fast_int8(self):
        return not os.environ.get("FAKE_CUDA_CC", "8.7").startswith("5")

    def create_network(self, flags=0):
        needed = hasattr(NetworkDefinitionCreationFlag, "EXPLICIT_BATCH")
        assert flags == int(needed), "8.2 needs an explicit batch; 11 knows no such flag"
        return INetworkDefinition()

    def create_builder_config(self):
        return IBuilderConfig()

    def build_serialized_network(self, network, config):
        time.sleep(float(os.environ.get("FAKE_TENSORRT_BUILD_S", "0")))
        if os.environ.get("FAKE_TENSORRT_NEEDS_CUDNN") and not config._sources & 0b100:
            self._logger.log(ILogger.Severity.ERROR, "no implementation without cuDNN")
            return None
        quantised = any(layer.type is LayerType.QUANTIZE for layer in network._layers)
        if quantised and os.environ.get("FAKE_CUDA_CC", "8.7").startswith("5"):
            self._logger.log(ILogger.Severity.ERROR, "Error Code 9: needs Int8 hardware")
            return None
        monitor = getattr(config, "progress_monitor", None)
        if monitor is not None:
            monitor.phase_start("tactics", None, 2)
            assert monitor.step_complete("tactics", 0)
            monitor.phase_finish("tactics")
        if getattr(config, "int8_calibrator", None) is not None:
            _calibrate(config.int8_calibrator)
        header = {"version": __version__, "flags": sorted(f.name for f in config._flags)}
        return IHostMemory(MAGIC + json.dumps(header).encode() + b"\n" + network._onnx)


def _calibrate(calibrator):
    stored = calibrator.read_calibration_cache()
    if stored is not None:
        assert stored.startswith(CALIBRATION_HEADER)
        return
    largest, batches = 0.0, 0
    assert calibrator.get_batch_size() == 1
    while True:
        addresses = calibrator.get_batch(["image"])
        if addresses is None:
            break
        first = ctypes.cast(addresses[0], ctypes.POINTER(ctypes.c_float))[0]
        largest, batches = max(largest, abs(first)), batches + 1
    calibrator.write_calibration_cache(
        IHostMemory(CALIBRATION_HEADER + f"image: {largest} of {batches}".encode())
    )


class Runtime:
    def __init__(self, logger):
        self._logger = logger

    def deserialize_cuda_engine(self, serialized_engine):
        try:
            magic, header, onnx = serialized_engine.split(b"\n", 2)
            assert magic + b"\n" == MAGIC and json.loads(header)["version"] == __version__
            return ICudaEngine(_open(onnx))
        except Exception:
            self._logger.log(ILogger.Severity.ERROR, "Serialization assertion failed")
            return None


class ICudaEngine:
    def __init__(self, session):
        self._session = session
        self._nodes = [*session.get_inputs(), *session.get_outputs()]

    @property
    def num_io_tensors(self):
        return len(self._nodes)

    num_bindings = num_io_tensors

    def get_tensor_name(self, index):
        return self._nodes[index].name

    get_binding_name = get_tensor_name

    def get_tensor_shape(self, name):
        return next(n.shape for n in self._nodes if n.name == name)

    def get_binding_shape(self, index):
        return self._nodes[index].shape

    def get_tensor_dtype(self, name):
        return DataType.FLOAT

    def get_binding_dtype(self, index):
        return DataType.FLOAT

    def get_tensor_mode(self, name):
        is_input = name == self._nodes[0].name
        return TensorIOMode.INPUT if is_input else TensorIOMode.OUTPUT

    def binding_is_input(self, index):
        return index == 0

    def create_execution_context(self):
        return IExecutionContext(self)


class IExecutionContext:
    def __init__(self, engine):
        self._engine = engine
        self._addresses = {}

    def set_tensor_address(self, name, memory):
        self._addresses[name] = memory
        return True

    def execute_async_v3(self, stream_handle):
        return self._run(stream_handle)

    def _run(self, stream):
        assert stream
        arrays = {}
        for node in self._engine._nodes:
            count = int(np.prod(node.shape))
            raw = (ctypes.c_float * count).from_address(self._addresses[node.name])
            arrays[node.name] = np.frombuffer(raw, np.float32).reshape(node.shape)
        session = self._engine._session
        image = session.get_inputs()[0].name
        names = [n.name for n in session.get_outputs()]
        for name, value in zip(names, session.run(names, {image: arrays[image]})):
            arrays[name][:] = value
        return True

    def execute_async_v2(self, bindings, stream_handle, input_consumed=None):
        self._addresses = {n.name: a for n, a in zip(self._engine._nodes, bindings)}
        return self._run(stream_handle)


def _take_away_what_the_version_lacks(space):
    for name, kind in list(space.items()):
        if name.startswith("_") or not isinstance(kind, type):
            continue
        if name not in _SURFACE["classes"]:
            del space[name]
            continue
        for member in [m for m in vars(kind) if not m.startswith("_")]:
            if member not in _SURFACE["classes"][name]:
                delattr(kind, member)


_take_away_what_the_version_lacks(globals())
