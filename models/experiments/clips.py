"""Figure 10's ablation on real clips: counts stored tracks with and without each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from edge_app.errors import InputError
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import find_exercise
from edge_app.sinks.track import load_track
from edge_app.tools.manifest import NEGATIVE, Clip, read_manifest
from edge_app.values import Pose
from models.experiments.judge import FULL, NOT_OPTIMISED, NOT_REJECTING

VARIANTS = (FULL, NOT_OPTIMISED, NOT_REJECTING)


@dataclass(frozen=True)
class ClipRow:
    """One variant over all clips."""

    variant: str
    clips: int
    accuracy: float  # mean of 1 - |error| / true count, not below 0
    within_one: float
    exact: float
    ghosts: int  # on clips without repetitions: sit-ups, push-ups and squats


def ablation(manifest: Path, tracks: Path) -> list[ClipRow]:
    """One row per variant, over the clips of a manifest with a stored track.

    Raises:
        InputError: the manifest cannot be read, or no clip with repetitions has a track.
    """
    stored = [(c, tracks / f"{c.path.stem}.npz") for c in read_manifest(manifest)]
    clips = [(clip, list(load_track(path))) for clip, path in stored if path.exists()]
    if all(clip.exercise == NEGATIVE for clip, _ in clips):
        raise InputError(f"no track of a clip of {manifest} in {tracks}.")
    return [_row(clips, variant) for variant in VARIANTS]


def count(poses: Sequence[Pose], exercise: str, variant: str) -> int:
    """The free-practice count of a track."""
    counter = RepCounter(find_exercise(exercise), optimise=variant != NOT_OPTIMISED)
    reps = [rep for pose in poses for rep in counter.update(pose)] + counter.finish()
    return sum(rep.counted or variant == NOT_REJECTING for rep in reps)


def _row(clips: Sequence[tuple[Clip, list[Pose]]], variant: str) -> ClipRow:
    errors, shares, ghosts = [], [], 0
    for clip, poses in clips:
        if clip.exercise == NEGATIVE:
            ghosts += sum(count(poses, name, variant) for name in ("sit-up", "push-up", "squat"))
            continue
        counted = count(poses, clip.exercise, variant)
        error = max(clip.lowest - counted, counted - clip.highest, 0)
        errors.append(error)
        shares.append(max(0.0, 1 - error / max(clip.highest, 1)))
    return ClipRow(
        variant, len(errors), mean(shares), mean(e <= 1 for e in errors),
        mean(e == 0 for e in errors), ghosts,
    )  # fmt: skip
