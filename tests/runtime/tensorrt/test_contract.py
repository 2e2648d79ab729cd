"""The adapter touches only what each TensorRT has.

Real bindings are imported without NVIDIA's libraries and compared with the stored surfaces; then
the whole way, build to poses, runs on a fake cut down to each surface. Nothing here has a GPU.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from edge_app.device.engine.build import build_engine
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.runtime.tensorrt.backend import EngineBackend
from edge_app.runtime.tensorrt.process import WORKER
from tests.runtime.tensorrt import surface
from tests.runtime.tensorrt.surface import FAKES, VERSIONS

FAST = shipped_model("fast")
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"  # a wheel is for one of them
CACHE = Path.home() / ".cache" / "edge-reps-test-wheels" / PYTHON


def stored(version: str) -> dict:
    return json.loads((surface.SURFACES / f"{version}.json").read_text())


def import_fake(version: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The fake, cut down to a version."""
    monkeypatch.setenv("FAKE_TENSORRT_SURFACE", str(surface.SURFACES / f"{version}.json"))
    monkeypatch.syspath_prepend(str(FAKES))
    monkeypatch.delitem(sys.modules, "tensorrt", raising=False)
    fake = importlib.import_module("tensorrt")
    monkeypatch.delitem(sys.modules, "tensorrt")
    return fake


def test_python_3_6_can_parse_the_worker() -> None:
    ast.parse(WORKER.read_text(), feature_version=(3, 6))


def test_the_worker_imports_nothing_that_python_3_6_or_the_board_lacks() -> None:
    imported = set()
    for node in ast.walk(ast.parse(WORKER.read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        assert not isinstance(node, ast.ImportFrom), "the worker is one file"
    standard = {"ctypes", "json", "mmap", "os", "select", "sys", "threading", "time"}
    assert imported == standard | {"numpy", "pycuda.driver", "tensorrt"}


@pytest.mark.parametrize("version", surface.WHEELS)
def test_stored_surfaces_are_those_of_the_real_bindings(version: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        real = surface.real_surface(version, CACHE)
    except surface.Unavailable as exc:
        pytest.skip(str(exc))
    assert real == stored(version)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_fake_has_nothing_that_this_version_lacks(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = import_fake(version, monkeypatch)
    classes = stored(version)["classes"]
    kinds = {n: k for n, k in vars(fake).items() if isinstance(k, type) and n[0] != "_"}
    assert set(kinds) <= set(classes)
    for name, kind in kinds.items():
        assert {m for m in vars(kind) if m[0] != "_"} <= set(classes[name]), name
    assert hasattr(fake.ICudaEngine, "num_io_tensors") != (version == "8.2")
    explicit = hasattr(fake.NetworkDefinitionCreationFlag, "EXPLICIT_BATCH")
    assert explicit != version.startswith("11")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_fake_takes_the_arguments_of_the_real_one(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = import_fake(version, monkeypatch)
    compared = 0
    for name, members in stored(version)["classes"].items():
        for member, arguments in members.items():
            ours = inspect.getattr_static(getattr(fake, name, None), member, None)
            if arguments is not None and inspect.isfunction(ours):
                takes = list(inspect.signature(ours).parameters)[1:]
                assert takes == [a.rstrip("=") for a in arguments][: len(takes)], (name, member)
                assert all(a.endswith("=") for a in arguments[len(takes) :]), (name, member)
                compared += 1
    assert compared > 10


@pytest.mark.parametrize("version", VERSIONS)
def test_from_onnx_to_outputs_on_what_this_version_has(
    version: str, machine: Callable[..., None], tmp_path: Path
) -> None:
    machine(version)
    out = tmp_path / "pose.engine"
    said = []
    sidecar = build_engine(FAST, out, "fp32", progress=said.append)
    assert sidecar.tensorrt == stored(version)["version"] and sidecar.precision == "fp32"
    assert [m["phase"] for m in said if m][:2] == ["reading the network", "timing kernels"]
    assert any("steps" in m for m in said if m) == (
        "IProgressMonitor" in stored(version)["classes"]
    )
    engine, direct = EngineBackend(out), OnnxBackend(FAST)
    rng = np.random.default_rng(0)
    blobs = rng.uniform(-1, 1, (3, 1, 3, *direct.input_hw)).astype(np.float32)
    for blob in blobs:
        for got, wanted in zip(engine.infer(blob), direct.infer(blob)):
            np.testing.assert_allclose(got, wanted, atol=1e-5)
    runs = [engine.start(blob) for blob in blobs[:2]]  # two on their way
    for run, blob in zip(runs, blobs):
        np.testing.assert_allclose(run.result()[0], direct.infer(blob)[0], atol=1e-5)
    engine.close()
