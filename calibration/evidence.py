"""The evidence for the accuracy gate: labelled pictures, real clips, drawn scenes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from edge_app.camera.clip import ClipSource, thin
from edge_app.exercise.auto import NAME as AUTO
from edge_app.pose.person import Person, close_look, framing
from edge_app.pose.preprocess import letterbox, preprocess
from edge_app.runtime.contract import Backend
from edge_app.tools.manifest import NEGATIVE, Clip, read_manifest
from edge_app.values import Frame, Pose
from models.experiments.record import read_truth

from .clips import MAX_FPS, clips_sha256, track
from .drawn import scene_paths

VIEWS = 240  # pictures of the clips on which outputs are compared


@dataclass(frozen=True)
class Evidence:
    """The evidence, and where to keep tracks of clips between runs."""

    clips: list[Clip]  # real ones
    scenes: Path | None = None  # folder of drawn ones
    data: Path | None = None  # folder of labelled pictures; needed for AP and PCK
    every: int = 1  # takes every n-th labelled picture
    cache: Path | None = None

    def plain(self) -> dict[str, Any]:
        """What it consists of, for the certificate."""
        told: dict[str, Any] = {}
        if self.data is not None:
            told["every_nth_labelled_picture"] = self.every
        if self.clips:
            paths = [clip.path for clip in self.clips]
            told["real_clips"] = {"count": len(paths), "sha256": clips_sha256(paths)}
        if self.scenes is not None:
            paths = [path.with_suffix(".mp4") for path in scene_paths(self.scenes)]
            told["drawn_scenes"] = {"count": len(paths), "sha256": clips_sha256(paths)}
        return told


def open_evidence(
    manifest: Path | None,
    scenes: Path | None,
    data: Path | None,
    every: int,
    every_clip: int,
    cache: Path | None,
) -> Evidence:
    """The evidence of the command line."""
    clips = read_manifest(manifest)[::every_clip] if manifest else []
    return Evidence(clips, scenes, data, every, cache)


def views_of_clips(evidence: Evidence, reference: Backend) -> np.ndarray:
    """The network's inputs for the clips: (views, 1, 3, h, w), evenly spread over all frames.

    The squares follow the reference's own tracks, like those of the person tracker.
    """
    films = list(_films(evidence))
    tracks = [track(path, exercise, reference, evidence.cache) for path, exercise in films]
    step = max(1, sum(len(poses) for poses in tracks) // VIEWS)
    blobs, seen = [], 0
    for (path, _), poses in zip(tqdm(films, desc="views", leave=False), tracks):
        wanted = {i for i in range(len(poses)) if (seen + i) % step == step // 2}
        seen += len(poses)
        with ClipSource(path) as source:
            for i, frame in enumerate(thin(iter(source), MAX_FPS)):
                if i in wanted:
                    blobs.append(_view(frame, poses[i], reference.input_hw))
    return np.array(blobs, np.float32).reshape(-1, 1, 3, *reference.input_hw)


def _films(evidence: Evidence) -> Iterator[tuple[Path, str]]:
    """All clips with the exercise that they are tracked for."""
    for clip in evidence.clips:
        yield clip.path, AUTO if clip.exercise == NEGATIVE else clip.exercise
    for path in scene_paths(evidence.scenes) if evidence.scenes else []:
        yield path.with_suffix(".mp4"), read_truth(path)[0].exercise


def _view(frame: Frame, pose: Pose, input_hw: tuple[int, int]) -> np.ndarray:
    person = Person(pose.xy, pose.score)
    if not person.found.any():
        view = letterbox((frame.image.shape[0], frame.image.shape[1]), input_hw)
    else:
        side, turn_deg = framing(person)
        view = close_look(person, side, turn_deg or 0.0, input_hw)
    return preprocess(frame.image, view, input_hw)
