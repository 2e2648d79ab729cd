"""A machine with TensorRT for the tests: the fakes, put where the worker looks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge_app.device.engine.build import build_engine
from edge_app.runtime.open import shipped_model
from edge_app.runtime.tensorrt.process import WORKER
from tests.runtime.tensorrt import surface


@pytest.fixture(scope="session")
def cudart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a libcudart.so that has no GPU."""
    folder = tmp_path_factory.mktemp("cudart")
    try:
        surface.compile_library(surface.FAKES / "cudart.c", folder / "libcudart.so")
    except surface.Unavailable as exc:
        pytest.skip(str(exc))
    return folder


@pytest.fixture
def machine(cudart: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """machine("8.2", cc="5.3", gpu="…"): from now on workers find this TensorRT and GPU."""

    def become(version: str = "10.3.0", cc: str = "8.7", gpu: str = "Fake Orin") -> None:
        monkeypatch.setenv("LD_LIBRARY_PATH", str(cudart))
        monkeypatch.setenv("PYTHONPATH", str(surface.FAKES))
        monkeypatch.setenv("FAKE_TENSORRT_SURFACE", str(surface.SURFACES / f"{version}.json"))
        monkeypatch.setenv("FAKE_CUDA_CC", cc)
        monkeypatch.setenv("FAKE_CUDA_GPU", gpu)

    become()
    return become


@pytest.fixture
def hide_cudart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """hide_cudart(): from now on workers find no CUDA runtime, whatever this machine has."""

    def hide() -> None:
        code = WORKER.read_text().replace('"libcudart.so"', '"no-such-library.so"')
        worker = tmp_path / "worker.py"
        worker.write_text(code.replace('("10.2", "11.0", "12", "13")', "()"))
        monkeypatch.setattr("edge_app.runtime.tensorrt.process.WORKER", worker)

    return hide


@pytest.fixture
def engine(machine: Callable[..., None], tmp_path: Path) -> Path:
    """An engine that the fake TensorRT made of the shipped network."""
    build_engine(shipped_model("fast"), tmp_path / "pose.engine", "fp16")
    return tmp_path / "pose.engine"
