"""Compares the repetitions of two networks, the main purpose of the accuracy gate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from tqdm import tqdm

from edge_app.camera.clip import ClipSource, thin
from edge_app.exercise.auto import NAME as AUTO
from edge_app.exercise.rep import Rep
from edge_app.pipeline import run as pipeline
from edge_app.pipeline.build import rules_of
from edge_app.runtime.onnx import OnnxBackend
from edge_app.sinks.track import load_track, save_track
from edge_app.tools.evaluation import GHOST_EXERCISES, Outcome, reps_of
from edge_app.tools.manifest import NEGATIVE, Clip
from edge_app.values import Pose

MAX_FPS = 15.0


@dataclass(frozen=True)
class SameReps:
    """One clip counted with the reference and with the other network."""

    clip: Clip
    counted: tuple[int, int]
    rejected: tuple[int, int]
    same_faults: bool  # every repetition, in order, has the same reasons
    score_change: float  # mean |difference| of the scores of repetitions in both, 0..1


@dataclass(frozen=True)
class Truth:
    """How close one network comes to counts by people, on clips with repetitions."""

    exact: float  # share of clips
    within_one: float  # share of clips
    normalised_mae: float


@dataclass(frozen=True)
class ClipShares:
    """Shares of clips on which two networks agree, and the accuracy of each."""

    clips: int
    same_counts: float
    same_rejections: float
    same_faults: float
    score_change: float
    differing: dict[str, str]  # clip → counts as "10/9 counted, 0/1 rejected"
    truth: dict[str, Truth]  # "reference", "candidate"; empty without clips to count


def track(clip: Clip, backend: OnnxBackend, cache: Path | None) -> list[Pose]:
    """The poses of a clip, at most 15 per second, from the cache if this network made them."""
    stored = None
    if cache is not None:
        name = hashlib.sha256(backend.path.read_bytes()).hexdigest()[:16]
        stored = cache / name / f"{clip.path.stem}.npz"
        if stored.exists():
            return list(load_track(stored))
    exercise = AUTO if clip.exercise == NEGATIVE else clip.exercise
    estimator = rules_of(exercise).estimator(backend)
    with ClipSource(clip.path) as source:
        poses = pipeline.track(thin(iter(source), MAX_FPS), estimator)
    if stored is None:
        return poses
    stored.parent.mkdir(parents=True, exist_ok=True)
    save_track(stored, poses)
    return list(load_track(stored))  # rounded as stored, so that a second run gives the same result


def same_reps(clip: Clip, wanted: list[Rep], got: list[Rep]) -> SameReps:
    """Compares two lists of repetitions of one clip."""
    counted, rejected = zip(
        *(
            (sum(r.value for r in reps if r.counted), sum(not r.counted for r in reps))
            for reps in (wanted, got)
        )
    )
    faults = [[[reason.code for reason in r.reasons] for r in reps] for reps in (wanted, got)]
    changes = [abs(a.score - b.score) for a, b in zip(wanted, got)]
    change = mean(changes) if changes else 0.0
    return SameReps(clip, counted, rejected, faults[0] == faults[1], change)


def compare_clips(
    clips: list[Clip], reference: OnnxBackend, other: OnnxBackend, cache: Path | None
) -> ClipShares:
    """Counts every clip with both networks; clips without repetitions with three counters."""
    results = []
    for clip in tqdm(clips, desc=f"clips, {other.path.name}", leave=False):
        poses = [track(clip, backend, cache) for backend in (reference, other)]
        exercises = GHOST_EXERCISES if clip.exercise == NEGATIVE else (clip.exercise,)
        parts = [same_reps(clip, *(reps_of(e, p) for p in poses)) for e in exercises]
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
    """Summarises all clips."""
    same = [r.counted[0] == r.counted[1] for r in results]
    rejections = [r.rejected[0] == r.rejected[1] for r in results]
    differing = {
        r.clip.path.name: "{}/{} counted, {}/{} rejected".format(*r.counted, *r.rejected)
        for r, *agree in zip(results, same, rejections)
        if not all(agree)
    }
    return ClipShares(
        len(results), mean(same), mean(rejections), mean(r.same_faults for r in results),
        mean(r.score_change for r in results), differing, truth_of(results),
    )  # fmt: skip


def truth_of(results: list[SameReps]) -> dict[str, Truth]:
    """Compares both networks with the manifest."""
    results = [r for r in results if r.clip.exercise != NEGATIVE]
    if not results:
        return {}
    found = {}
    for which, name in enumerate(("reference", "candidate")):
        outcomes = [Outcome(r.clip, r.counted[which], 0, None, 0.0) for r in results]
        found[name] = Truth(
            mean(o.error == 0 for o in outcomes), mean(abs(o.error) <= 1 for o in outcomes),
            mean(o.normalised for o in outcomes),
        )  # fmt: skip
    return found


def clips_sha256(clips: list[Clip]) -> str:
    """One hash over the clips' files and exercises."""
    whole = hashlib.sha256()
    for clip in sorted(clips, key=lambda c: c.path.name):
        whole.update(hashlib.sha256(clip.path.read_bytes()).digest())
        whole.update(f"{clip.path.name} {clip.exercise}".encode())
    return whole.hexdigest()
