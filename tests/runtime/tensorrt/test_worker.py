"""The worker dies, hangs, meets files that are not its own; the app goes on or says why not."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge_app.camera.clip import ClipSource, thin
from edge_app.errors import InputError
from edge_app.exercise.build import open_exercise
from edge_app.exercise.counter import RepCounter
from edge_app.pipeline.run import Step, count
from edge_app.pose.estimator import PoseEstimator
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend, shipped_model
from edge_app.runtime.tensorrt import backend as engine_backend
from edge_app.runtime.tensorrt.backend import EngineBackend
from edge_app.runtime.tensorrt.build import build_engine
from edge_app.runtime.tensorrt.sidecar import read_sidecar, sidecar_path, write_sidecar

FAST = shipped_model("fast")
MAX_FPS = 12.5


@pytest.fixture
def engine(machine: Callable[..., None], tmp_path: Path) -> Path:
    """An engine that the fake TensorRT made of the shipped network."""
    build_engine(FAST, tmp_path / "pose.engine", "fp16")
    return tmp_path / "pose.engine"


def children() -> dict[int, str]:
    """Our processes' states by number; Z is a zombie."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # gone in between
        if int(after_name[1]) == os.getpid():
            found[int(stat.parent.name)] = after_name[0]
    return found


@pytest.mark.slow
def test_killed_twenty_times_during_a_clip_and_the_count_is_the_same(
    engine: Path, data: Path
) -> None:
    before = children()
    backend = EngineBackend(engine, frame_s=60)
    rng = np.random.default_rng(0)
    with ClipSource(data / "squat.mp4") as source:
        doomed = set(rng.choice(np.arange(5, 170), 20, replace=False).tolist())
        killed, poses = [], []

        def kill(step: Step) -> None:
            poses.append(step.pose)
            if len(poses) in doomed:
                os.kill(backend.pid, signal.SIGKILL)
                killed.append(backend.pid)

        frames = thin(iter(source), MAX_FPS)
        reps, _ = count(frames, PoseEstimator(backend), RepCounter(open_exercise("squat")), [kill])
    backend.close()
    truth = json.loads((data / "squat.json").read_text())["reps"]
    assert len(set(killed)) == 20 and backend.restarts == 20
    assert sum(rep.counted for rep in reps) == len(truth)
    assert children() == before, "no worker is left, alive or as a zombie"
    direct = PoseEstimator(OnnxBackend(FAST, threads=1))
    with ClipSource(data / "squat.mp4") as source:
        for frame, pose in zip(thin(iter(source), MAX_FPS), poses):
            np.testing.assert_allclose(direct(frame).xy, pose.xy, atol=0.01)


def blob(backend: EngineBackend, value: float = 0.0) -> np.ndarray:
    return np.full((1, 3, *backend.input_hw), value, np.float32)


def test_killed_with_two_frames_in_flight_both_come_back(engine: Path) -> None:
    backend, direct = EngineBackend(engine), OnnxBackend(FAST)
    for value in (0.1, 0.9):
        backend.submit(blob(backend, value))
    os.kill(backend.pid, signal.SIGKILL)
    for value in (0.1, 0.9):
        wanted = direct.infer(blob(backend, value))[0]
        np.testing.assert_allclose(backend.collect()[0], wanted, atol=1e-5)
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
    with pytest.raises(InputError, match="the worker dies on this frame"):
        backend.infer(blob(backend))
    backend.close()


def test_no_worker_outlives_its_backend(engine: Path) -> None:
    before = children()
    backend = EngineBackend(engine)
    assert len(children()) == len(before) + 1
    del backend
    assert children() == before


def damage_engine(path: Path, kind: str) -> None:
    """What can happen to files on a device's card."""
    side = sidecar_path(path)
    sidecar = read_sidecar(path)
    engine, text, table = path.read_bytes(), side.read_text(), json.loads(side.read_text())
    engines = {
        "engine cut": engine[:1000],
        "engine empty": b"",
        "engine swapped": engine.replace(b'"FP16"', b'"INT8"'),
    }
    sidecars = {
        "sidecar cut": text[:80],
        "sidecar binary": "\0\1\2",
        "sidecar of lists": "[1]",
        "key missing": json.dumps({k: v for k, v in table.items() if k != "gpu"}),
        "key unknown": json.dumps({**table, "colour": "red"}),
        "value of another kind": json.dumps({**table, "input_h": "192"}),
        "later format": json.dumps({**table, "format": 2}),
    }
    changes: dict[str, dict] = {
        "other scaling": {"scaling": "bgr/255"},
        "other size": {"input_h": 256},
        "no interpreter": {"python": "/nowhere/python3"},
    }
    if kind in engines:
        path.write_bytes(engines[kind])
    elif kind in sidecars:
        side.write_text(sidecars[kind])
    elif kind in changes:
        write_sidecar(path, dataclasses.replace(sidecar, **changes[kind]))
    else:
        {"no engine": path, "no sidecar": side}[kind].unlink()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("engine cut", "is not the file its sidecar speaks of"),
        ("engine empty", "is not the file its sidecar speaks of"),
        ("engine swapped", "is not the file its sidecar speaks of"),
        ("no engine", "there is no engine"),
        ("no sidecar", "build it again on this device"),
        ("sidecar cut", "is damaged"),
        ("sidecar binary", "is damaged"),
        ("sidecar of lists", "holds no table"),
        ("key missing", "has no 'gpu'"),
        ("key unknown", "unknown key 'colour'"),
        ("value of another kind", "'input_h' is '192'"),
        ("later format", "format is 2"),
        ("other scaling", "does not fit this program"),
        ("other size", "its sidecar says"),
        ("no interpreter", "cannot start /nowhere/python3"),
    ],
)
def test_damaged_files_are_refused_with_the_reason(engine: Path, kind: str, words: str) -> None:
    before = children()
    damage_engine(engine, kind)
    with pytest.raises(InputError, match=words) as caught:
        open_backend(engine)
    assert "\n" not in str(caught.value)
    assert children() == before


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"version": "8.6.1"}, "built for tensorrt 10.3.0 and this machine has 8.6.1"),
        ({"gpu": "Fake Nano"}, "built for gpu Fake Orin and this machine has Fake Nano"),
        ({"cc": "8.9"}, r"built for compute_capability \[8, 7\]"),
    ],
)
def test_a_foreign_engine_is_refused_before_tensorrt_sees_it(
    what: dict[str, str], words: str, engine: Path, machine: Callable[..., None]
) -> None:
    machine(**what)
    with pytest.raises(InputError, match=words):
        open_backend(engine)


def test_a_station_counts_on_the_processor_rather_than_not_at_all(
    engine: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damage_engine(engine, "engine empty")
    backend = open_backend(engine, 1, allow_fallback=True)
    assert (backend.path, backend.provider) == (FAST, "CPUExecutionProvider")
    assert "is not the file its sidecar speaks of" in caplog.text
    assert "pose-fast.onnx runs on the processor" in caplog.text


def test_an_engine_that_tensorrt_cannot_load_says_why(engine: Path) -> None:
    """Somebody took a file for an engine and wrote a sidecar that fits."""
    import hashlib

    sidecar = read_sidecar(engine)
    engine.write_bytes(b"no engine at all")
    sha256 = hashlib.sha256(b"no engine at all").hexdigest()
    write_sidecar(engine, dataclasses.replace(sidecar, engine_sha256=sha256))
    with pytest.raises(InputError, match="cannot load the engine: Serialization assertion failed"):
        open_backend(engine)


def test_a_crash_while_loading_is_a_sentence(
    engine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashing = tmp_path / "worker.py"
    crashing.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr("edge_app.runtime.tensorrt.process.WORKER", crashing)
    with pytest.raises(InputError, match=r"dies while it loads the engine: .* signal 11"):
        open_backend(engine)
