"""What a real TensorRT binding has, without a GPU and without NVIDIA's libraries.

`python -m tests.runtime.tensorrt.surface WHEELS` downloads the bindings (1 MB each) from PyPI,
gives each stub libraries made of its own undefined symbols, imports it in a process of its own and
writes `surfaces/<version>.json`: of every class the adapter uses its members, and the arguments of
those that have one signature ("=": may be left out). `surfaces/8.2.json` is by hand, from the
sources of the binding that NVIDIA publishes (python/src/infer/pyCore.cpp): there is no wheel of it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

FAKES = Path(__file__).parent / "fakes"
SURFACES = Path(__file__).parent / "surfaces"
WHEELS = {
    "8.6.1": "tensorrt-bindings==8.6.1",
    "10.3.0": "tensorrt-cu12-bindings==10.3.0",
    "10.16.1.11": "tensorrt-cu12-bindings==10.16.1.11",
    "11.4.0.106": "tensorrt-cu12-bindings==11.4.0.106",
}
VERSIONS = ("8.2", *WHEELS)
CLASSES = (
    "Builder", "BuilderFlag", "DataType", "IBuilderConfig", "ICudaEngine", "IExecutionContext",
    "IHostMemory", "IInt8EntropyCalibrator2", "ILayer", "ILogger", "INetworkDefinition",
    "IProgressMonitor", "ITimingCache", "LayerType", "MemoryPoolType",
    "NetworkDefinitionCreationFlag", "OnnxParser", "ParserError", "Runtime", "TacticSource",
    "TensorIOMode",
)  # fmt: skip
DUMP = """
import importlib, json, re, sys
trt = importlib.import_module(sys.argv[1])

def arguments(kind, member):
    said = (getattr(kind, member).__doc__ or "").strip().split(chr(10))[0]
    if not re.match(member + r"[(]self: ", said):
        return None  # not a function, or one with several signatures
    parts = re.split(r", (?=\\w+: )", said.rsplit(" -> ", 1)[0])[1:]
    return [p.split(":")[0] + ("=" if " = " in p else "") for p in parts]

classes = {}
for name in sys.argv[2].split(","):
    kind = getattr(trt, name, None)
    if kind is not None:
        members = [m for m in dir(kind) if not m.startswith("_")]
        classes[name] = {m: arguments(kind, m) for m in members}
print(json.dumps({"version": trt.__version__, "classes": classes}))
"""


class Unavailable(Exception):
    """Says in a word what is missing: the network, gcc, a wheel for this Python."""


def download(version: str, folder: Path) -> Path:
    """The unpacked wheel, kept in the folder."""
    place = folder / version
    if not place.is_dir():
        args = ["download", "-q", "--no-deps", "--only-binary=:all:", "--retries=1", "--timeout=10"]
        run = [sys.executable, "-m", "pip", *args, "-d", str(folder), WHEELS[version]]
        try:
            done = subprocess.run(run, capture_output=True, text=True, timeout=120, check=False)
        except subprocess.TimeoutExpired as exc:
            raise Unavailable("PyPI does not answer") from exc
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["pip says nothing"]
            raise Unavailable(f"no wheel of {WHEELS[version]} here: {lines[-1]}")
        wheel = next(folder.glob(WHEELS[version].split("==")[0].replace("-", "_") + f"-{version}*"))
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(place)
    return place


def make_stubs(place: Path) -> Path:
    """Libraries that have what the binding wants to find, and do nothing."""
    binding = next(place.glob("tensorrt_bindings/tensorrt*.so"))
    try:
        dynamic = subprocess.run(
            ["readelf", "-d", str(binding)], capture_output=True, text=True, check=True
        ).stdout
        symbols = subprocess.run(
            ["nm", "-D", "--undefined-only", str(binding)],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        stubs = place / "stubs"
        stubs.mkdir(exist_ok=True)
        wanted = re.findall(r" U ((?:create|get|init|_ZN\d+nv)\w*)$", symbols, re.MULTILINE)
        source = stubs / "stubs.c"
        source.write_text("".join(f"void *{name}(void) {{ return 0; }}\n" for name in wanted))
        for library in re.findall(r"\[(libnv[^\]]+)\]", dynamic):
            compile_library(source, stubs / library)
    except FileNotFoundError as exc:
        raise Unavailable(f"{exc.filename} is not installed") from exc
    return stubs


def compile_library(source: Path, target: Path) -> None:
    """C to a shared library."""
    try:
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(target), str(source)], check=True)
    except FileNotFoundError as exc:
        raise Unavailable("gcc is not installed") from exc


def real_surface(version: str, folder: Path) -> dict:
    """Version and {class: {member: its arguments}}, as the imported binding has them."""
    place = download(version, folder)
    stubs = make_stubs(place)
    return dump("tensorrt_bindings", LD_LIBRARY_PATH=str(stubs), PYTHONPATH=str(place))


def dump(module: str, **environment: str) -> dict:
    """Version and surface of a binding, imported in a process of its own."""
    run = [sys.executable, "-c", DUMP, module, ",".join(CLASSES)]
    env = {**os.environ, **environment}
    done = subprocess.run(run, env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    """Writes the surfaces of all versions."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for version in WHEELS:
        surface = real_surface(version, folder)
        text = json.dumps(surface, sort_keys=True).replace('}, "', '},\n"').replace("{", "{\n", 2)
        (SURFACES / f"{version}.json").write_text(text + "\n")
        print(surface["version"], sum(map(len, surface["classes"].values())), "names")


if __name__ == "__main__":
    main()
