"""Repetitions with two networks: what the accuracy gate is for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from tqdm import tqdm

from edge_app.camera.file import FileSource
from edge_app.commands.count import open_counter
from edge_app.commands.evaluate import GHOST_EXERCISES, NEGATIVE, Clip, thin
from edge_app.exercise.rep import Rep
from edge_app.pose.backend import OnnxBackend
from edge_app.pose.estimator import PoseEstimator
from edge_app.tracks import load_track, save_track
from edge_app.values import Pose

MAX_FPS = 15.0


@dataclass(frozen=True)
class SameReps:
    """One clip counted with the reference and with the other network."""

    clip: str
    counted: tuple[int, int]
    rejected: tuple[int, int]
    same_faults: bool  # every repetition, in order, has the same reasons
    score_change: float  # mean |difference| of the repetitions' scores, 0..1, those in both


@dataclass(frozen=True)
class ClipShares:
    """Shares of clips on which two networks agree."""

    clips: int
    same_counts: float
    same_rejections: float
    same_faults: float
    score_change: float
    differing: dict[str, str]  # clip → counts as "10/9 counted, 0/1 rejected"


def track(clip: Path, backend: OnnxBackend, cache: Path | None) -> list[Pose]:
    """The poses of a clip at most 15 a second, from the cache if this very network made them."""
    stored = None
    if cache is not None:
        name = hashlib.sha256(backend.path.read_bytes()).hexdigest()[:16]
        stored = cache / name / f"{clip.stem}.npz"
        if stored.exists():
            return list(load_track(stored))
    estimate = PoseEstimator(backend)
    with FileSource(clip) as source:
        poses = [estimate(frame) for frame in thin(iter(source), MAX_FPS)]
    if stored is None:
        return poses
    stored.parent.mkdir(parents=True, exist_ok=True)
    save_track(stored, poses)
    return list(load_track(stored))  # rounded as stored, so that a second run gives the same


def count_track(exercise: str, poses: Iterable[Pose]) -> list[Rep]:
    """All repetitions of a track."""
    counter = open_counter(exercise)
    return [rep for pose in poses for rep in counter.update(pose)] + counter.finish()


def same_reps(name: str, wanted: list[Rep], got: list[Rep]) -> SameReps:
    """Compares two lists of repetitions of one clip."""
    counted = (sum(r.counted for r in wanted), sum(r.counted for r in got))
    faults = [[[reason.code for reason in r.reasons] for r in reps] for reps in (wanted, got)]
    changes = [abs(a.score - b.score) for a, b in zip(wanted, got)]
    return SameReps(
        name, counted, (len(wanted) - counted[0], len(got) - counted[1]),
        faults[0] == faults[1], mean(changes) if changes else 0.0,
    )  # fmt: skip


def compare_clips(
    clips: list[Clip], reference: OnnxBackend, other: OnnxBackend, cache: Path | None
) -> ClipShares:
    """Counts every clip with both networks; clips with nothing to count by three counters."""
    results = []
    for clip in tqdm(clips, desc=f"clips, {other.path.name}", leave=False):
        poses = [track(clip.path, backend, cache) for backend in (reference, other)]
        exercises = GHOST_EXERCISES if clip.exercise == NEGATIVE else (clip.exercise,)
        parts = [same_reps(clip.path.name, *(count_track(e, p) for p in poses)) for e in exercises]
        results.append(_together(parts))
    return shares(results)


def _together(parts: list[SameReps]) -> SameReps:
    return SameReps(
        parts[0].clip,
        (sum(p.counted[0] for p in parts), sum(p.counted[1] for p in parts)),
        (sum(p.rejected[0] for p in parts), sum(p.rejected[1] for p in parts)),
        all(p.same_faults for p in parts),
        max(p.score_change for p in parts),
    )


def shares(results: list[SameReps]) -> ClipShares:
    """Over all clips."""
    same = [r.counted[0] == r.counted[1] for r in results]
    rejections = [r.rejected[0] == r.rejected[1] for r in results]
    differing = {
        r.clip: f"{r.counted[0]}/{r.counted[1]} counted, {r.rejected[0]}/{r.rejected[1]} rejected"
        for r in results
        if r.counted[0] != r.counted[1] or r.rejected[0] != r.rejected[1]
    }
    return ClipShares(
        len(results), mean(same), mean(rejections), mean(r.same_faults for r in results),
        mean(r.score_change for r in results), differing,
    )  # fmt: skip


def clips_sha256(clips: list[Clip]) -> str:
    """One hash over the clips' files and what they are counted as."""
    whole = hashlib.sha256()
    for clip in sorted(clips, key=lambda c: c.path.name):
        whole.update(hashlib.sha256(clip.path.read_bytes()).digest())
        whole.update(f"{clip.path.name} {clip.exercise}".encode())
    return whole.hexdigest()
