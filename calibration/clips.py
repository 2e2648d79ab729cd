"""Counts clips with a network, and how much worse another one counts them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from tqdm import tqdm

from edge_app.camera.clip import ClipSource, thin
from edge_app.exercise.auto import NAME as AUTO
from edge_app.pipeline import run as pipeline
from edge_app.pipeline.build import rules_of
from edge_app.runtime.contract import Backend
from edge_app.sinks.track import load_track, save_track
from edge_app.tools.evaluation import GHOST_EXERCISES, Outcome, outcome_of
from edge_app.tools.manifest import NEGATIVE, Clip
from edge_app.values import Frame, Pose
from models.scores import Figure, share

MAX_FPS = 15.0
Change = Callable[[Frame], Frame]


@dataclass(frozen=True)
class Counted:
    """One clip counted with one network.

    Attributes:
        outcomes: one for the clip's exercise; one for each of `GHOST_EXERCISES` where there is
            nothing to count.
    """

    clip: Clip
    outcomes: tuple[Outcome, ...]

    @property
    def negative(self) -> bool:
        """Whether everything counted is a ghost."""
        return self.clip.exercise == NEGATIVE


def count_clips(
    clips: Sequence[Clip], backend: Backend, cache: Path | None, change: Change | None = None
) -> list[Counted]:
    """Counts every clip; `change` alters each frame first, such as by a sensor's noise."""
    counted = []
    for clip in tqdm(clips, desc=f"clips, {backend.path.name}", leave=False):
        exercise = AUTO if clip.exercise == NEGATIVE else clip.exercise
        poses = track(clip.path, exercise, backend, cache, change)
        exercises = GHOST_EXERCISES if clip.exercise == NEGATIVE else (clip.exercise,)
        counted.append(Counted(clip, tuple(outcome_of(clip, e, poses) for e in exercises)))
    return counted


def track(
    path: Path, exercise: str, backend: Backend, cache: Path | None, change: Change | None = None
) -> list[Pose]:
    """The poses of a clip, at most 15 per second.

    From the cache if this network made them with this runtime; changed frames are never cached.
    """
    stored = None
    if cache is not None and change is None:
        stored = cache / _name_of(backend) / f"{path.stem}.npz"
        if stored.exists():
            return list(load_track(stored))
    estimator = rules_of(exercise).estimator(backend)
    with ClipSource(path) as source:
        frames = thin(iter(source), MAX_FPS)
        poses = pipeline.track(map(change, frames) if change else frames, estimator)
    if stored is None:
        return poses
    stored.parent.mkdir(parents=True, exist_ok=True)
    save_track(stored, poses)
    return list(load_track(stored))  # rounded as stored, so that a second run gives the same result


def _name_of(backend: Backend) -> str:
    weights = hashlib.sha256(backend.path.read_bytes()).hexdigest()[:16]
    return f"{weights}-{re.sub('[^a-z0-9.]+', '-', backend.provider.lower())}"


def count_losses(reference: Sequence[Counted], other: Sequence[Counted]) -> dict[str, Figure]:
    """How much worse the other network counts; > 0 is worse.

    Paired over clips: MAE and OBO of those with repetitions, ghosts a minute of the others.
    """
    found: dict[str, Figure] = {}
    pairs = list(zip(reference, other, strict=True))
    real = [(a.outcomes[0], b.outcomes[0]) for a, b in pairs if not a.negative]
    if real:
        ones = np.ones(len(real))
        more = np.array([b.normalised - a.normalised for a, b in real])
        fewer = np.array([float(near(a)) - float(near(b)) for a, b in real])
        found = {"MAE": share(more, ones), "OBO": share(fewer, ones)}
    empty = [(a, b) for a, b in pairs if a.negative]
    if empty:
        ghosts = np.array([float(total(b) - total(a)) for a, b in empty])
        minutes = np.array([a.outcomes[0].seconds / 60 for a, _ in empty])
        found["ghosts a minute"] = share(ghosts, minutes)
    return found


def near(outcome: Outcome) -> bool:
    """Whether a count is off by at most one."""
    return abs(outcome.error) <= 1


def total(counted: Counted) -> int:
    """All repetitions counted in a clip."""
    return sum(outcome.counted for outcome in counted.outcomes)


def same_counts(reference: Sequence[Counted], other: Sequence[Counted]) -> float:
    """Share of clips with the same count: information, because any rounding changes some."""
    pairs = zip(reference, other, strict=True)
    return mean(total(a) == total(b) for a, b in pairs)


def figures(counted: Sequence[Counted]) -> dict[str, float]:
    """One network's own figures."""
    real = [c.outcomes[0] for c in counted if not c.negative]
    empty = [c for c in counted if c.negative]
    found: dict[str, float] = {}
    if real:
        found = {
            "clips with repetitions": len(real), "OBZ": mean(o.error == 0 for o in real),
            "OBO": mean(near(o) for o in real), "MAE": mean(o.normalised for o in real),
        }  # fmt: skip
    if empty:
        minutes = sum(c.outcomes[0].seconds for c in empty) / 60
        found["clips without"] = len(empty)
        found["ghosts a minute"] = sum(map(total, empty)) / minutes
    return found


def clips_sha256(paths: Sequence[Path]) -> str:
    """One hash over the clips' names and files."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.name.encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
