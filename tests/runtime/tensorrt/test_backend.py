"""An engine that is run: workers that die or hang are replaced, foreign engines refused."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend, shipped_model
from edge_app.runtime.tensorrt import backend as engine_backend
from edge_app.runtime.tensorrt.backend import EngineBackend
from edge_app.runtime.tensorrt.sidecar import read_sidecar, write_sidecar
from tests.runtime.tensorrt.processes import children

FAST = shipped_model("fast")


def blob(backend: EngineBackend, value: float = 0.0) -> np.ndarray:
    return np.full((1, 3, *backend.input_hw), value, np.float32)


def test_killed_with_two_frames_in_flight_both_come_back(engine: Path) -> None:
    backend, direct = EngineBackend(engine), OnnxBackend(FAST)
    runs = [backend.start(blob(backend, value)) for value in (0.1, 0.9)]
    os.kill(backend.pid, signal.SIGKILL)
    for run, value in zip(runs, (0.1, 0.9)):
        wanted = direct.infer(blob(backend, value))[0]
        np.testing.assert_allclose(run.result()[0], wanted, atol=1e-5)
    backend.close()


def test_a_run_more_than_slots_and_results_out_of_order(engine: Path) -> None:
    backend, direct = EngineBackend(engine), OnnxBackend(FAST)
    values = (0.1, 0.5, 0.9)
    runs = [backend.start(blob(backend, value)) for value in values]
    for run, value in reversed(list(zip(runs, values))):
        wanted = direct.infer(blob(backend, value))[0]
        np.testing.assert_allclose(run.result()[0], wanted, atol=1e-5)
        assert run.seconds > 0
    backend.close()


def test_a_worker_that_hangs_is_replaced(engine: Path) -> None:
    backend = EngineBackend(engine, frame_s=2.0)
    os.kill(backend.pid, signal.SIGSTOP)
    assert backend.infer(blob(backend))[0].shape == (19, 24, 24)
    assert backend.restarts >= 1
    backend.close()


def test_a_frame_that_kills_every_worker_ends_in_a_sentence(
    engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = EngineBackend(engine)
    expect = engine_backend.Worker.expect

    def die(worker: engine_backend.Worker, number: int, timeout_s: float) -> None:
        os.kill(worker.pid, signal.SIGKILL)
        expect(worker, 99, timeout_s)

    monkeypatch.setattr(engine_backend.Worker, "expect", die)
    with pytest.raises(InputError, match="the worker died on this frame"):
        backend.infer(blob(backend))
    backend.close()


def test_no_worker_outlives_its_backend(engine: Path) -> None:
    before = children()
    backend = EngineBackend(engine)
    assert len(children()) == len(before) + 1
    del backend
    assert children() == before


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"version": "8.6.1"}, "built for tensorrt 10.3.0, but this machine has 8.6.1"),
        ({"gpu": "Fake Nano"}, "built for gpu Fake Orin, but this machine has Fake Nano"),
        ({"cc": "8.9"}, r"built for compute_capability \[8, 7\]"),
    ],
)
def test_a_foreign_engine_is_refused_before_tensorrt_sees_it(
    what: dict[str, str], words: str, engine: Path, machine: Callable[..., None]
) -> None:
    machine(**what)
    with pytest.raises(InputError, match=words):
        open_backend(engine)


def test_auto_takes_the_engine_of_this_board_alone(
    engine: Path, machine: Callable[..., None], tmp_path: Path
) -> None:
    shutil.copy(FAST, tmp_path / "pose.onnx")
    backend = open_backend(tmp_path / "pose.onnx", 1)
    assert isinstance(backend, EngineBackend) and backend.why == "an engine for this board"
    backend.close()
    machine(gpu="Fake Nano")
    backend = open_backend(tmp_path / "pose.onnx", 1)
    assert not isinstance(backend, EngineBackend)
    assert "pose.engine is refused" in backend.why and "this machine has Fake Nano" in backend.why
    machine()
    shutil.copy(shipped_model("accurate"), tmp_path / "pose.onnx")
    assert "built from another network" in open_backend(tmp_path / "pose.onnx", 1).why


def test_a_station_counts_on_the_processor_rather_than_not_at_all(
    engine: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine.write_bytes(b"")
    backend = open_backend(engine, 1, allow_fallback=True)
    assert (backend.path, backend.provider) == (FAST, "CPUExecutionProvider")
    assert "does not match its sidecar" in caplog.text
    assert "pose-fast.onnx runs on the CPU" in caplog.text


def test_an_engine_that_tensorrt_cannot_load_says_why(engine: Path) -> None:
    """Somebody took a file for an engine and wrote a sidecar that fits."""
    sidecar = read_sidecar(engine)
    engine.write_bytes(b"no engine at all")
    sha256 = hashlib.sha256(b"no engine at all").hexdigest()
    write_sidecar(engine, dataclasses.replace(sidecar, engine_sha256=sha256))
    with pytest.raises(InputError, match="cannot load the engine: Serialization assertion failed"):
        open_backend(engine)
