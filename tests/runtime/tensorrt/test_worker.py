"""The worker dies; the app goes on or says why not."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from edge_app.camera.clip import ClipSource, thin
from edge_app.errors import InputError
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import run
from edge_app.pipeline.update import EachUpdate, Update
from edge_app.pose.estimator import PoseEstimator
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend, shipped_model
from edge_app.runtime.tensorrt.backend import EngineBackend
from tests.runtime.tensorrt.processes import children

FAST = shipped_model("fast")
MAX_FPS = 12.5


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

        def kill(update: Update) -> None:
            poses.append(update.pose)
            if len(poses) in doomed:
                os.kill(backend.pid, signal.SIGKILL)
                killed.append(backend.pid)

        frames = thin(iter(source), MAX_FPS)
        lane = rules_of("squat").lane(PoseEstimator(backend))
        (result,) = run(frames, [lane], [EachUpdate(kill)])
    backend.close()
    truth = json.loads((data / "squat.json").read_text())["reps"]
    assert len(set(killed)) == 20 and backend.restarts == 20
    assert result.score == len(truth)
    assert children() == before, "no worker is left, alive or as a zombie"
    direct = PoseEstimator(OnnxBackend(FAST, threads=1))
    with ClipSource(data / "squat.mp4") as source:
        for frame, pose in zip(thin(iter(source), MAX_FPS), poses):
            np.testing.assert_allclose(direct(frame).xy, pose.xy, atol=0.01)


def test_a_crash_while_loading_is_a_sentence(
    engine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashing = tmp_path / "worker.py"
    crashing.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr("edge_app.runtime.tensorrt.process.WORKER", crashing)
    with pytest.raises(InputError, match=r"died while loading the engine: .* signal 11"):
        open_backend(engine)
