"""What can be measured frame by frame: this program with some network, and MediaPipe Pose."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import cv2
import numpy as np

from edge_app.errors import InputError
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import Exercise
from edge_app.pipeline.run import Step
from edge_app.pose.estimator import PoseEstimator
from edge_app.runtime.contract import Backend
from edge_app.session.examiner import Examiner
from edge_app.session.protocol import free_practice
from edge_app.sinks.video import Overlay
from edge_app.values import Frame

STAGES = ("capture", "preprocess", "network", "decode", "track", "count", "draw")


class Contender(Protocol):
    """One way from a frame to a result; one stream of frames each."""

    name: str
    about: dict[str, Any]
    seen: int  # frames with a person

    def start_clip(self) -> None:
        """Forgets the clip before."""

    def step(self, frame: Frame) -> dict[str, float]:
        """Seconds by stage that this frame took."""


class OurWay:
    """Pose, count and picture of this program, with one network."""

    def __init__(self, name: str, backend: Backend, exercise: Exercise, draw: bool) -> None:
        self.name = name
        self._backend, self._exercise, self._draw = backend, exercise, draw
        self.about = {
            "model": backend.path.name,
            "provider": backend.provider,
            "input": f"{backend.input_hw[1]}x{backend.input_hw[0]}",
        }
        self.seen = 0
        self.start_clip()

    def start_clip(self) -> None:
        self._estimator = PoseEstimator(self._backend)
        self._counter = RepCounter(self._exercise)
        self._examiner = Examiner(free_practice(self._exercise.name))
        self._overlay = Overlay(self._exercise.name, self._examiner)

    def step(self, frame: Frame) -> dict[str, float]:
        before = dict(self._estimator.seconds)
        pose = self._estimator(frame)
        seconds = {k: v - before[k] for k, v in self._estimator.seconds.items()}
        began = perf_counter()
        new = tuple(self._counter.update(pose))
        counted = perf_counter()
        seconds["count"] = counted - began
        self.seen += bool(pose.score.any())
        if self._draw:
            step = Step(frame, pose, self._counter, new)
            self._examiner(step)
            self._overlay.draw(step)
            seconds["draw"] = perf_counter() - counted
        return seconds


class MediaPipeWay:
    """MediaPipe Pose full with its own tracking: pose alone, it counts nothing.

    Raises:
        InputError: the package is not installed.
    """

    def __init__(self) -> None:
        try:
            import mediapipe
        except ImportError as exc:
            raise InputError("MediaPipe Pose needs the package mediapipe 0.10.14") from exc
        self._make = lambda: mediapipe.solutions.pose.Pose(model_complexity=1)
        self.name = "MediaPipe Pose full"
        self.about = {"model": f"mediapipe {mediapipe.__version__}", "provider": "TFLite, XNNPACK"}
        self.seen = 0
        self._pose: Any = None
        self.start_clip()

    def start_clip(self) -> None:
        if self._pose is not None:
            self._pose.close()
        self._pose = self._make()

    def step(self, frame: Frame) -> dict[str, float]:
        began = perf_counter()
        rgb = cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB)
        turned = perf_counter()
        found = self._pose.process(rgb).pose_landmarks
        self.seen += found is not None
        return {"preprocess": turned - began, "network": perf_counter() - turned}


def warm_up(contender: Contender, clip_frame: Frame, times: int) -> None:
    """First runs allocate and choose kernels: they are not what is measured."""
    seen = contender.seen
    for number in range(times):
        contender.step(Frame(clip_frame.image, clip_frame.t_s + number / 30, number))
    contender.seen = seen
    contender.start_clip()


def find_published(given: Path | None) -> Path:
    """The published network's ONNX: the given file, or one made by the train extra.

    Raises:
        InputError: there is neither.
    """
    if given is not None:
        return given
    if not all(importlib.util.find_spec(name) for name in ("models", "torch", "onnx")):
        raise InputError(
            "the published network is not in this installation: in a checkout with the train extra "
            "run python -m models.published --out published.onnx, then give --published"
        )
    made = Path(tempfile.gettempdir()) / "edge-reps-published-368.onnx"
    run = [sys.executable, "-m", "models.published", "--out", str(made)]  # torch stays out of here
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputError(f"the published network could not be made: {done.stderr.strip()[-200:]}")
    return made


def percentiles_ms(seconds: list[float]) -> dict[str, float]:
    """p50, p95, p99 and mean in milliseconds."""
    values = 1e3 * np.asarray(seconds)
    p50, p95, p99 = np.percentile(values, (50, 95, 99))
    named = {"p50": p50, "p95": p95, "p99": p99, "mean": values.mean()}
    return {k: round(float(v), 3) for k, v in named.items()}
