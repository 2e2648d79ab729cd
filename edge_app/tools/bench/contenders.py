"""What can be measured frame by frame: this program with any network, and MediaPipe Pose."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any, Callable, Protocol

import cv2
import numpy as np

from edge_app.errors import InputError
from edge_app.pipeline.build import Rules
from edge_app.pipeline.run import run
from edge_app.pipeline.update import EachUpdate, Update
from edge_app.pose.estimator import PoseEstimator
from edge_app.runtime.contract import Backend
from edge_app.session.lane import Lane, WatchLane
from edge_app.sinks.video.overlay import Overlay
from edge_app.values import Frame, Pose

STAGES = ("capture", "preprocess", "network", "decode", "track", "smooth", "count", "draw")


class Contender(Protocol):
    """One way from a frame to a result: a measured lane of `edge_app.pipeline.run`.

    Attributes:
        name, about: name and properties for the report.
        seen: frames with a person.
    """

    name: str
    about: dict[str, Any]
    seen: int

    def start_clip(self) -> Lane:
        """Resets for the next clip; returns its lane."""

    def stages(self, update: Update) -> dict[str, float]:
        """Seconds by stage of this frame; drawing, if any, happens here."""


class OurWay:
    """Pose, count and picture of this program, with one network."""

    def __init__(self, name: str, backend: Backend, rules: Rules, draw: bool) -> None:
        self.name = name
        self._backend, self._rules, self._draw = backend, rules, draw
        self.about = {
            "model": backend.path.name,
            "provider": backend.provider,
            "input": f"{backend.input_hw[1]}x{backend.input_hw[0]}",
        }
        self.seen = 0
        self.start_clip()

    def start_clip(self) -> Lane:
        self._estimator = PoseEstimator(self._backend)
        self._before = dict(self._estimator.seconds)
        self._overlay = Overlay(self._rules.name, self._rules.exercise)
        return self._rules.lane(self._estimator)

    def stages(self, update: Update) -> dict[str, float]:
        now = dict(self._estimator.seconds)
        seconds = {k: v - self._before[k] for k, v in now.items()}
        self._before = now
        seconds["count"] = update.count_s
        self.seen += bool(update.pose.score.any())
        if self._draw:
            began_s = perf_counter()
            self._overlay.draw(update)
            seconds["draw"] = perf_counter() - began_s
        return seconds


class MediaPipeWay:
    """MediaPipe Pose full with its own tracking: pose only, without counting.

    Raises:
        InputError: the package is not installed.
    """

    def __init__(self) -> None:
        try:
            import mediapipe
        except ImportError as exc:
            raise InputError("MediaPipe Pose needs the package mediapipe 0.10.14") from exc
        self._make: Callable[[], Any] = lambda: mediapipe.solutions.pose.Pose(model_complexity=1)
        self.name = "MediaPipe Pose full"
        self.about = {"model": f"mediapipe {mediapipe.__version__}", "provider": "TFLite, XNNPACK"}
        self.seen = 0
        self._colour_s = 0.0
        self._pose: Any = None
        self.start_clip()

    def start_clip(self) -> Lane:
        if self._pose is not None:
            self._pose.close()
        self._pose = self._make()
        return WatchLane(self._estimate)

    def _estimate(self, frame: Frame) -> Pose:
        began_s = perf_counter()
        rgb = cv2.cvtColor(frame.image, cv2.COLOR_BGR2RGB)
        self._colour_s = perf_counter() - began_s
        self.seen += self._pose.process(rgb).pose_landmarks is not None
        return Pose.nobody(frame.t_s)

    def stages(self, update: Update) -> dict[str, float]:
        return {"preprocess": self._colour_s, "network": update.pose_s - self._colour_s}


def warm_up(contender: Contender, clip_frame: Frame, times: int) -> Lane:
    """Warms up: first runs allocate and choose kernels, and must not be measured."""
    seen = contender.seen
    frames = (Frame(clip_frame.image, clip_frame.t_s + i / 30, i) for i in range(times))
    run(frames, [contender.start_clip()], [EachUpdate(contender.stages)])
    contender.seen = seen
    return contender.start_clip()


def find_published(given: Path | None) -> Path:
    """The published network's ONNX: the given file, or one made with the extra `train`.

    Raises:
        InputError: there is neither.
    """
    if given is not None:
        return given
    if not all(importlib.util.find_spec(name) for name in ("models", "torch", "onnx")):
        raise InputError(
            "the published network is not installed: in a checkout with the extra `train`, "
            "run python -m models.published --out published.onnx, then add --published"
        )
    made = Path(tempfile.gettempdir()) / "edge-reps-published-368.onnx"
    run = [sys.executable, "-m", "models.published", "--out", str(made)]  # torch stays out of here
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InputError(f"cannot make the published network: {done.stderr.strip()[-200:]}")
    return made


def percentiles_ms(seconds: list[float]) -> dict[str, float]:
    """p50, p95, p99 and mean in milliseconds."""
    values = 1e3 * np.asarray(seconds)
    p50, p95, p99 = np.percentile(values, (50, 95, 99))
    named = {"p50": p50, "p95": p95, "p99": p99, "mean": values.mean()}
    return {k: round(float(v), 3) for k, v in named.items()}
