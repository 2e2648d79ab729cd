"""The evidence for the accuracy gate: pictures of clips, labelled pictures, repetitions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from edge_app.camera.clip import ClipSource, thin
from edge_app.pose.person import Person, close_look, framing
from edge_app.pose.preprocess import letterbox, preprocess
from edge_app.runtime.onnx import OnnxBackend
from edge_app.tools.manifest import Clip, read_manifest
from edge_app.values import Frame, Pose

from .clips import MAX_FPS, track

TESTS = Path(__file__).parent.parent / "tests" / "data" / "clips.csv"


@dataclass(frozen=True)
class Evidence:
    """The evidence, and where to keep tracks of clips between runs."""

    clips: list[Clip]
    data: Path | None  # folder of labelled pictures; needed for AP and PCK
    every: int = 1  # takes every n-th labelled picture
    views: int = 240  # pictures of the clips on which outputs are compared
    cache: Path | None = None


def open_evidence(
    manifest: Path | None, data: Path | None, every: int, every_clip: int, cache: Path | None
) -> Evidence:
    """The clips of a manifest, or the rendered ones of tests/data."""
    clips = read_manifest(manifest or TESTS)[::every_clip]
    return Evidence(clips, data, every, cache=cache)


def views_of_clips(evidence: Evidence, reference: OnnxBackend) -> np.ndarray:
    """The network's inputs for the clips: (views, 1, 3, h, w), evenly spread over all frames.

    The squares follow the reference's own tracks, like those of the person tracker.
    """
    tracks = [track(c, reference, evidence.cache) for c in evidence.clips]
    total = sum(len(poses) for poses in tracks)
    step = max(1, total // evidence.views)
    blobs, seen = [], 0
    for clip, poses in zip(tqdm(evidence.clips, desc="views", leave=False), tracks):
        wanted = {i for i in range(len(poses)) if (seen + i) % step == step // 2}
        seen += len(poses)
        with ClipSource(clip.path) as source:
            for i, frame in enumerate(thin(iter(source), MAX_FPS)):
                if i in wanted:
                    blobs.append(_view(frame, poses[i], reference.input_hw))
    return np.array(blobs)


def _view(frame: Frame, pose: Pose, input_hw: tuple[int, int]) -> np.ndarray:
    person = Person(pose.xy, pose.score)
    if not person.found.any():
        view = letterbox((frame.image.shape[0], frame.image.shape[1]), input_hw)
    else:
        side, turn_deg = framing(person)
        view = close_look(person, side, turn_deg or 0.0, input_hw)
    return preprocess(frame.image, view, input_hw)
