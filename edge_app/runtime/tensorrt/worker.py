"""TensorRT in its own process: `python3 worker.py probe | build | serve`.

This one file runs under whatever Python the board's TensorRT was made for; on JetPack 4.6 that is
3.6, so there are no dataclasses, no `:=` and no later annotations here, and it imports nothing but
tensorrt, numpy, pycuda where it is installed, and the standard library. The app is another, newer
Python; see `backend.py`.

The request is one line of JSON on standard input, every answer one line of JSON on standard output.
While serving, a frame is one byte each way: the number of the slot in the shared memory that holds
the input, and then the outputs. A crash here costs the frames in flight, not the app.

TensorRT 8.2 to 11 differ in their features, which are detected by `hasattr`, never by version.
NVIDIA lists what was removed in its migration guides from 8.x to 10.x and 10.x to 11.x.
"""

import ctypes
import json
import mmap
import os
import select
import sys
import threading
import time

import numpy as np

CUDART = ("libcudart.so", *(f"libcudart.so.{v}" for v in ("10.2", "11.0", "12", "13")))
CUDA_FOLDERS = ("", "/usr/local/cuda/lib64/")
TO_DEVICE, TO_HOST = 1, 2
CC_MAJOR, CC_MINOR = 75, 76  # cudaDeviceAttr
BLOCKING_SYNC = 4  # cudaDeviceScheduleBlockingSync: waiting must not occupy one of four cores
NO_TIMING = 2  # cudaEventDisableTiming
MIB = 2**20


class Failure(Exception):
    """Stops the worker; its text is one sentence for the user."""


class Cuda:
    """The CUDA runtime through ctypes: it exists wherever TensorRT does."""

    def __init__(self):
        self._lib = _first_library()
        self._lib.cudaGetErrorString.restype = ctypes.c_char_p
        self._lib.cudaSetDeviceFlags(ctypes.c_uint(BLOCKING_SYNC))
        count = ctypes.c_int()
        self._call("cudaGetDeviceCount", ctypes.byref(count))
        if not count.value:
            raise Failure("CUDA sees no GPU")

    def _call(self, name, *args):
        status = getattr(self._lib, name)(*args)
        if status:
            said = self._lib.cudaGetErrorString(status)
            raise Failure(f"{name}: {said.decode() if said else status}")

    def _handle(self, name, *args):
        handle = ctypes.c_void_p()
        self._call(name, ctypes.byref(handle), *args)
        return handle.value

    def device_name(self):
        """The first GPU's name: the first field of cudaDeviceProp in every version."""
        properties = ctypes.create_string_buffer(16384)  # far larger than any version's
        self._call("cudaGetDeviceProperties", properties, 0)
        return properties.raw[:256].split(b"\0")[0].decode()

    def compute_capability(self):
        """[major, minor] of the first GPU."""
        values = []
        for attribute in (CC_MAJOR, CC_MINOR):
            value = ctypes.c_int()
            self._call("cudaDeviceGetAttribute", ctypes.byref(value), attribute, 0)
            values.append(value.value)
        return values

    def version(self):
        """Version of the runtime library, as 10.2."""
        value = ctypes.c_int()
        self._call("cudaRuntimeGetVersion", ctypes.byref(value))
        return f"{value.value // 1000}.{value.value % 1000 // 10}"

    def free_memory(self):
        """Free memory in bytes; on a Jetson, CPU and GPU share it."""
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self._call("cudaMemGetInfo", ctypes.byref(free), ctypes.byref(total))
        return free.value

    def pinned(self, shape, dtype):
        """An array in page-locked host memory, which copies can leave and reach by themselves."""
        count = int(np.prod(shape))
        size = count * np.dtype(dtype).itemsize
        address = self._handle("cudaHostAlloc", ctypes.c_size_t(size), ctypes.c_uint(0))
        raw = (ctypes.c_uint8 * size).from_address(address)
        return np.frombuffer(raw, dtype, count).reshape(shape)

    def allocate(self, size):
        """Address of so many bytes on the device."""
        return self._handle("cudaMalloc", ctypes.c_size_t(size))

    def stream(self):
        """Handle of a new stream."""
        return self._handle("cudaStreamCreate")

    def event(self):
        """Handle of a new event."""
        return self._handle("cudaEventCreateWithFlags", ctypes.c_uint(NO_TIMING))

    def upload(self, device, host, stream):
        """Starts a copy to the device."""
        self._copy(device, host.ctypes.data, host.nbytes, TO_DEVICE, stream)

    def download(self, host, device, stream):
        """Starts a copy from the device."""
        self._copy(host.ctypes.data, device, host.nbytes, TO_HOST, stream)

    def _copy(self, to, source, size, kind, stream):
        to, source, stream = (ctypes.c_void_p(v) for v in (to, source, stream))
        self._call("cudaMemcpyAsync", to, source, ctypes.c_size_t(size), kind, stream)

    def mark(self, event, stream):
        """The event happens when the stream has done all it was given so far."""
        self._call("cudaEventRecord", ctypes.c_void_p(event), ctypes.c_void_p(stream))

    def after(self, stream, event):
        """What the stream is given from now on starts after the event."""
        args = (ctypes.c_void_p(stream), ctypes.c_void_p(event), ctypes.c_uint(0))
        self._call("cudaStreamWaitEvent", *args)

    def wait(self, event):
        """Blocks until the event has happened."""
        self._call("cudaEventSynchronize", ctypes.c_void_p(event))


class PyCuda:
    """The same through pycuda and the CUDA driver; it shares TensorRT's primary context."""

    def __init__(self, driver):
        self._driver = driver
        self._kept = {}  # by handle: pycuda frees what is not referenced
        driver.init()
        if not driver.Device.count():
            raise Failure("CUDA sees no GPU")
        self._device = driver.Device(0)
        self._device.retain_primary_context().push()

    def device_name(self):
        """The first GPU's name."""
        return self._device.name()

    def compute_capability(self):
        """[major, minor] of the first GPU."""
        return list(self._device.compute_capability())

    def version(self):
        """CUDA version that pycuda was compiled for, as 10.2."""
        return "{}.{}".format(*self._driver.get_version())

    def free_memory(self):
        """Bytes."""
        return self._driver.mem_get_info()[0]

    def pinned(self, shape, dtype):
        """An array in page-locked host memory."""
        return self._driver.pagelocked_empty(shape, dtype)

    def allocate(self, size):
        """Address of so many bytes on the device."""
        memory = self._driver.mem_alloc(size)
        return self._keep(int(memory), memory)

    def stream(self):
        """Handle of a new stream."""
        stream = self._driver.Stream()
        return self._keep(stream.handle, stream)

    def event(self):
        """A new event; waiting for it does not occupy a core."""
        flags = self._driver.event_flags
        return self._driver.Event(flags.DISABLE_TIMING | flags.BLOCKING_SYNC)

    def _keep(self, handle, thing):
        self._kept[handle] = thing
        return handle

    def upload(self, device, host, stream):
        """Starts a copy to the device."""
        self._driver.memcpy_htod_async(device, host, self._kept[stream])

    def download(self, host, device, stream):
        """Starts a copy from the device."""
        self._driver.memcpy_dtoh_async(host, device, self._kept[stream])

    def mark(self, event, stream):
        """The event happens when the stream has done all it was given so far."""
        event.record(self._kept[stream])

    def after(self, stream, event):
        """What the stream is given from now on starts after the event."""
        self._kept[stream].wait_for_event(event)

    def wait(self, event):
        """Blocks until the event has happened."""
        event.synchronize()


def open_cuda():
    """pycuda if it is installed and can share TensorRT's context, else the CUDA runtime."""
    try:
        import pycuda.driver
    except ImportError:
        return Cuda()
    shares = hasattr(pycuda.driver.Device, "retain_primary_context")
    return PyCuda(pycuda.driver) if shares else Cuda()


def _first_library():
    for folder in CUDA_FOLDERS:
        for name in CUDART:
            try:
                return ctypes.CDLL(folder + name)
            except OSError:
                continue
    raise Failure("the CUDA runtime (libcudart.so) is not installed")


def import_tensorrt():
    """The tensorrt module, or a Failure with the reason."""
    try:
        import tensorrt
    except ImportError as exc:
        raise Failure(f"{sys.executable} has no TensorRT: {exc}") from exc
    return tensorrt


def make_log(trt):
    """A logger that keeps the errors: only they say why TensorRT returned None."""
    severity = trt.ILogger.Severity

    class Log(trt.ILogger):  # type: ignore[name-defined]
        def __init__(self):
            trt.ILogger.__init__(self)
            self.errors = []

        def log(self, level, msg):
            if level in (severity.INTERNAL_ERROR, severity.ERROR):
                self.errors.append(msg)
            if level not in (severity.INFO, severity.VERBOSE):
                sys.stderr.write(msg + "\n")

        def reason(self):
            return self.errors[-1] if self.errors else "TensorRT gives no reason"

    return Log()


def make_builder(trt, log):
    """A builder, or a Failure: without a GPU, the binding raises a TypeError."""
    try:
        return trt.Builder(log)
    except TypeError as exc:
        raise Failure("TensorRT cannot start on this machine: " + log.reason()) from exc


def has_int8(capability):
    """INT8 units by compute capability: 6.1, and 7.0 and later."""
    return tuple(capability) >= (7, 0) or tuple(capability) == (6, 1)


def has_fp16(capability):
    """Fast FP16 by compute capability: 5.3, 6.0, and 6.2 and later."""
    return tuple(capability) >= (6, 2) or tuple(capability) in ((5, 3), (6, 0))


def probe(request, say):
    """The capabilities of this machine's TensorRT and GPU."""
    trt, cuda = import_tensorrt(), open_cuda()
    builder = make_builder(trt, make_log(trt))
    capability = cuda.compute_capability()
    return {
        "tensorrt": trt.__version__,
        "cuda": cuda.version(),
        "gpu": cuda.device_name(),
        "compute_capability": capability,
        "fp16": getattr(builder, "platform_has_fast_fp16", has_fp16(capability)),
        "int8": getattr(builder, "platform_has_fast_int8", has_int8(capability)),
        "weakly_typed": hasattr(trt.BuilderFlag, "FP16"),
        "calibrator": hasattr(trt, "IInt8EntropyCalibrator2"),
        "python": sys.executable,
    }


def build(request, say):
    """Builds `onnx` into `out`.

    The request also has: fp16 and int8 (which kernels are allowed), workspace_mib, timing_cache (a
    file, kept for the next build), and, to calibrate, blobs (a .npy file of inputs) and cache (a
    file, read if it exists, then written).
    """
    threading.Thread(target=end_with_the_app, daemon=True).start()
    trt, cuda = import_tensorrt(), open_cuda()
    log = make_log(trt)
    say(phase="reading the network")
    builder = make_builder(trt, log)
    network = parse(trt, log, builder, request["onnx"])
    config = configure(trt, cuda, log, builder, request)
    check_types(trt, network, request)
    began = time.time()
    plan = None
    for without_libraries in attempts(trt, config):
        say(phase="timing kernels" + (" with cuDNN and cuBLAS" if not without_libraries else ""))
        plan = builder.build_serialized_network(network, config)
        if plan is not None:
            break
    if plan is None:
        raise Failure("TensorRT could not build the engine: " + log.reason())
    with open(request["out"], "wb") as file:
        file.write(plan)
    keep_timing(config, request["timing_cache"])
    return {"tactics": describe_tactics(without_libraries), "built_s": time.time() - began}


def end_with_the_app():
    """Ends the build when the app is gone: it would go on for minutes."""
    while os.read(0, 1):
        pass
    os._exit(1)


def parse(trt, log, builder, path):
    """Parses the network in an ONNX file."""
    flags = 0
    if hasattr(trt.NetworkDefinitionCreationFlag, "EXPLICIT_BATCH"):  # needed before 10, gone in 11
        flags |= 1 << int(trt.NetworkDefinitionCreationFlag.EXPLICIT_BATCH)
    network = builder.create_network(flags)
    parser = trt.OnnxParser(network, log)
    with open(path, "rb") as file:
        read = parser.parse(file.read())
    if not read:
        said = [parser.get_error(i).desc() for i in range(parser.num_errors)]
        raise Failure("TensorRT cannot read the network: " + "; ".join(said or [log.reason()]))
    return network


def configure(trt, cuda, log, builder, request):
    """Sets workspace, precision, timing cache and calibrator."""
    config = builder.create_builder_config()
    workspace = request["workspace_mib"] * MIB  # the default: 0 in 8.2, all memory from 8.4 on
    if hasattr(config, "set_memory_pool_limit"):
        config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, workspace)
    else:
        config.max_workspace_size = workspace
    for wanted, name in ((request["fp16"], "FP16"), (request["int8"], "INT8")):
        if wanted and hasattr(trt.BuilderFlag, name):
            config.set_flag(getattr(trt.BuilderFlag, name))
    read_timing(config, request["timing_cache"])
    if request.get("blobs"):
        config.int8_calibrator = make_calibrator(trt, cuda, request["blobs"], request["cache"])
    if hasattr(trt, "IProgressMonitor"):
        config.progress_monitor = make_monitor(trt, request["say"])
    return config


def check_types(trt, network, request):
    """Checks that the network's own precision matches the request."""
    layers = [network.get_layer(i) for i in range(network.num_layers)]
    quantised = any(layer.type == trt.LayerType.QUANTIZE for layer in layers)
    if quantised and not request["int8"]:
        raise Failure("the network is quantised: only an INT8 engine can be built from it")
    if request["int8"] and not quantised and not request.get("blobs"):
        raise Failure("the network is not quantised, and there are no pictures to calibrate it")
    if hasattr(trt.BuilderFlag, "FP16") or not request["fp16"] or quantised:
        return
    half = any(layer.get_output_type(0) == trt.DataType.HALF for layer in layers)
    if not half:
        raise Failure(
            f"TensorRT {trt.__version__} takes the precision from the file: give it an FP16 ONNX"
        )


def attempts(trt, config):
    """Builds without cuDNN and cuBLAS, which take 0.5 GB and more; with them if that fails."""
    names = [n for n in ("CUBLAS", "CUBLAS_LT", "CUDNN") if hasattr(trt.TacticSource, n)]
    everything = config.get_tactic_sources()
    lean = everything
    for name in names:
        lean &= ~(1 << int(getattr(trt.TacticSource, name)))
    if lean != everything and config.set_tactic_sources(lean):
        yield True
        config.set_tactic_sources(everything)
    yield not names


def describe_tactics(without_libraries):
    """The kernel libraries in use, for the sidecar."""
    return "core" if without_libraries else "core, cuDNN and cuBLAS"


def read_timing(config, path):
    """Loads an earlier build's timings; TensorRT itself refuses those of another version."""
    stored = b""
    if os.path.exists(path):
        with open(path, "rb") as file:
            stored = file.read()
    for data in (stored, b""):
        cache = config.create_timing_cache(data)
        if cache is not None and config.set_timing_cache(cache, False):
            return


def keep_timing(config, path):
    """Writes the timings for the next build."""
    cache = config.get_timing_cache()
    if cache is not None:
        with open(path + ".part", "wb") as file:
            file.write(cache.serialize())
        os.replace(path + ".part", path)


def make_calibrator(trt, cuda, blobs_path, cache_path):
    """Feeds the inputs in `blobs_path` to TensorRT's entropy calibration (8.2 to 10)."""
    if not hasattr(trt, "IInt8EntropyCalibrator2"):
        raise Failure(
            f"TensorRT {trt.__version__} has no calibrator: give it a quantised (Q/DQ) ONNX"
        )
    blobs = np.load(blobs_path, mmap_mode="r")
    pinned, device = cuda.pinned(blobs.shape[1:], np.float32), cuda.allocate(blobs[0].nbytes)
    stream, copied = cuda.stream(), cuda.event()

    class Calibrator(trt.IInt8EntropyCalibrator2):  # type: ignore[name-defined]
        def __init__(self):
            trt.IInt8EntropyCalibrator2.__init__(self)
            self.used = 0

        def get_batch_size(self):
            return 1

        def get_batch(self, names):
            if self.used == len(blobs):
                return None
            np.copyto(pinned, blobs[self.used])
            self.used += 1
            cuda.upload(device, pinned, stream)
            cuda.mark(copied, stream)
            cuda.wait(copied)
            return [device]

        def read_calibration_cache(self):
            if not os.path.exists(cache_path):
                return None
            with open(cache_path, "rb") as file:
                return file.read()

        def write_calibration_cache(self, cache):
            with open(cache_path, "wb") as file:
                file.write(cache)

    return Calibrator()


def make_monitor(trt, say):
    """Passes on TensorRT's own progress, which exists from version 10 on."""

    class Monitor(trt.IProgressMonitor):  # type: ignore[name-defined]
        def __init__(self):
            trt.IProgressMonitor.__init__(self)
            self.steps = {}

        def phase_start(self, phase_name, parent_phase, num_steps):
            self.steps[phase_name] = num_steps

        def step_complete(self, phase_name, step):
            say(phase=phase_name, step=step + 1, steps=self.steps.get(phase_name))
            return True

        def phase_finish(self, phase_name):
            self.steps.pop(phase_name, None)

    return Monitor()


class Tensor:
    """An input or output of an engine."""

    def __init__(self, name, is_input, shape, dtype):
        self.name, self.is_input = name, is_input
        self.shape, self.dtype = tuple(shape), dtype


class Slot:
    """Buffers of one frame, allocated once."""

    def __init__(self, cuda, tensors):
        self.host = {t.name: cuda.pinned(t.shape, t.dtype) for t in tensors}
        self.device = {t.name: cuda.allocate(self.host[t.name].nbytes) for t in tensors}
        self.bindings = [self.device[t.name] for t in tensors]
        self.uploaded, self.computed, self.done = cuda.event(), cuda.event(), cuda.event()


class Engine:
    """A loaded engine with buffers for several frames at a time.

    Copies use separate streams, so that those of one frame overlap with another's kernels.
    """

    def __init__(self, trt, cuda, log, plan, slots):
        self._cuda = cuda
        self._runtime = trt.Runtime(log)
        self._engine = self._runtime.deserialize_cuda_engine(plan)
        if self._engine is None:
            raise Failure("TensorRT cannot load the engine: " + log.reason())
        self._context = self._engine.create_execution_context()
        if self._context is None:
            raise Failure("TensorRT cannot run the engine: " + log.reason())
        self._by_name = hasattr(self._engine, "num_io_tensors")  # from 8.5; the only way from 10
        self.tensors = read_tensors(trt, self._engine, self._by_name)
        self._slots = [Slot(cuda, self.tensors) for _ in range(slots)]
        self._in, self._compute, self._out = cuda.stream(), cuda.stream(), cuda.stream()

    def enqueue(self, number, shared):
        """Starts a frame: `shared` has the arrays of the slot by tensor name."""
        cuda, slot = self._cuda, self._slots[number]
        for tensor in self.tensors:
            if tensor.is_input:
                np.copyto(slot.host[tensor.name], shared[tensor.name])
                cuda.upload(slot.device[tensor.name], slot.host[tensor.name], self._in)
        cuda.mark(slot.uploaded, self._in)
        cuda.after(self._compute, slot.uploaded)
        if not self._execute(slot):
            raise Failure("TensorRT did not run the frame")
        cuda.mark(slot.computed, self._compute)
        cuda.after(self._out, slot.computed)
        for tensor in self.tensors:
            if not tensor.is_input:
                cuda.download(slot.host[tensor.name], slot.device[tensor.name], self._out)
        cuda.mark(slot.done, self._out)

    def _execute(self, slot):
        if not self._by_name:
            return self._context.execute_async_v2(slot.bindings, self._compute)
        for name, address in slot.device.items():
            self._context.set_tensor_address(name, address)
        return self._context.execute_async_v3(self._compute)

    def finish(self, number, shared):
        """Waits for a frame and leaves its outputs in the arrays."""
        slot = self._slots[number]
        self._cuda.wait(slot.done)
        for tensor in self.tensors:
            if not tensor.is_input:
                np.copyto(shared[tensor.name], slot.host[tensor.name])


def numpy_type(trt, name, dtype):
    """float32 or float16; inputs and outputs of the network must be one of them."""
    for known, numpy in ((trt.DataType.FLOAT, np.float32), (trt.DataType.HALF, np.float16)):
        if dtype == known:
            return numpy
    raise Failure(f"the engine's {name} is {dtype}: export the network with float outputs")


def read_tensors(trt, engine, by_name):
    """Inputs and outputs: by name from TensorRT 8.5 on, by the number of the binding before."""
    tensors = []
    for index in range(engine.num_io_tensors if by_name else engine.num_bindings):
        if by_name:
            name = engine.get_tensor_name(index)
            is_input = engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT
            shape, dtype = engine.get_tensor_shape(name), engine.get_tensor_dtype(name)
        else:
            name = engine.get_binding_name(index)
            is_input = engine.binding_is_input(index)
            shape, dtype = engine.get_binding_shape(index), engine.get_binding_dtype(index)
        tensors.append(Tensor(name, is_input, shape, numpy_type(trt, name, dtype)))
    return tensors


def serve(request, say):
    """Runs frames until standard input ends.

    The request has: engine (a file), expect (what the machine must be, checked before TensorRT sees
    the file, because a foreign engine may crash it), memory (a file descriptor), slots, slot_bytes
    and tensors: {name: [shape, offset in the slot]}.
    """
    trt, cuda = import_tensorrt(), open_cuda()
    found = {
        "tensorrt": trt.__version__,
        "gpu": cuda.device_name(),
        "compute_capability": cuda.compute_capability(),
    }
    for key, value in request["expect"].items():
        if found[key] != value:
            raise Failure(
                f"the engine was built for {key} {value}, but this machine has {found[key]}: "
                "build it here"
            )
    before = cuda.free_memory()
    with open(request["engine"], "rb") as file:
        engine = Engine(trt, cuda, make_log(trt), file.read(), request["slots"])
    shapes = {t.name: list(t.shape) for t in engine.tensors}
    wanted = {name: shape for name, (shape, _) in request["tensors"].items()}
    if shapes != wanted:
        raise Failure(f"the engine has {shapes}, but its sidecar says {wanted}: build it again")
    memory = mmap.mmap(request["memory"], request["slots"] * request["slot_bytes"])
    slots = [views(memory, n * request["slot_bytes"], request["tensors"])
             for n in range(request["slots"])]  # fmt: skip
    say(ready=True, gpu_memory_mib=max(0, before - cuda.free_memory()) // MIB, **found)
    waiting = []  # type: list[int]
    while True:
        pause = 0 if waiting else None
        if select.select([0], [], [], pause)[0]:
            frame = os.read(0, 1)
            if not frame:
                return None
            engine.enqueue(frame[0], slots[frame[0]])
            waiting.append(frame[0])
        else:
            number = waiting.pop(0)
            engine.finish(number, slots[number])
            os.write(request["replies"], bytes([number]))


def views(memory, start, tensors):
    """Arrays on one slot of the shared memory, by tensor name."""
    found = {}
    for name, (shape, offset) in tensors.items():
        count = int(np.prod(shape))
        found[name] = np.frombuffer(memory, np.float32, count, start + offset).reshape(shape)
    return found


def main():
    """Handles one request; answers go to the original standard output, away from C++ prints."""
    replies = os.dup(1)
    os.dup2(2, 1)

    def say(**message):
        os.write(replies, json.dumps(message).encode() + b"\n")

    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            break
        line += byte
    request = dict(json.loads(line.decode() or "{}"), say=say, replies=replies)
    code = 0
    try:
        answer = {"probe": probe, "build": build, "serve": serve}[sys.argv[1]](request, say)
        if answer is not None:
            say(done=answer)
    except Failure as exc:
        say(failed=str(exc))
        code = 1
    except Exception as exc:
        if not type(exc).__module__.startswith("pycuda"):
            raise
        say(failed=f"pycuda: {exc}")
        code = 1
    sys.stderr.flush()
    os._exit(code)  # TensorRT's destructors may crash if the GPU is gone


if __name__ == "__main__":
    main()
