"""Motion capture as labelled tracks: people in 3D through random cameras and a network's errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.errors import InputError
from edge_app.exercise.witness.network import EXERCISES, OTHER, UNUSABLE
from edge_app.sinks.track import DAMAGE
from edge_app.skeleton import KEYPOINTS
from models.gym.moves.project import project
from models.gym.moves.track import HZ, Track3D
from models.witness.tracks import FEWEST, UNKNOWN, Labelled

COUNTED = {"deep squat": "squat", "squat": "squat", "inline lunge": "lunge",
           "do a forward lunge": "lunge", "jumping jack": "jumping-jack",
           "do two jumping jacks": "jumping-jack"}  # fmt: skip
# Neither one of our exercises nor surely something else.
LEFT_OUT = ("side lunge", "sit to stand", "up-down", "toe touch")
_FROM = ("nose", *(f"{side}_{name}" for name in (
    "eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"
) for side in ("left", "right")))  # fmt: skip
COCO = np.array([KEYPOINTS.index(name) for name in _FROM])


def load_mocap(archive: Path, views: int, seed: int) -> list[Labelled]:
    """Every clip whose repetitions, if it has any, are known, through `views` cameras.

    Args:
        archive: joints3d (frames, 18, 3) metres, y up, with clip_* and rep_* arrays.

    Raises:
        InputError: the file is not such an archive.
    """
    try:
        with np.load(archive) as stored:
            data = {name: stored[name] for name in stored.files}
        clips = list(_clips(data))
    except DAMAGE as exc:
        raise InputError(f"{archive} is not an archive of motion capture") from exc
    rng = np.random.default_rng(seed)
    return [
        _seen(f"{archive.stem}-{number}-{view}", archive.stem, *clip, rng)
        for number, clip in enumerate(clips)
        for view in range(views)
    ]


def _clips(data: dict[str, Any]) -> Iterator[tuple[np.ndarray, float, int, np.ndarray]]:
    """Joints (n, 17, 3) with z up, frames a second, exercise, repetitions (r, 3) in seconds."""
    for number, (first, last) in enumerate(zip(data["clip_start"], data["clip_end"])):
        movement = str(data["clip_movement"][number])
        mine = np.flatnonzero(data["rep_clip"] == number)
        reps = np.stack([data[f"rep_{part}"][mine] for part in ("start", "turn", "end")], axis=1)
        exercise = EXERCISES.index(COUNTED[movement]) if movement in COUNTED else OTHER
        unclear = bool((data["rep_source"][mine] == "source (unclear)").any())
        if movement.startswith(LEFT_OUT) or unclear or (exercise != OTHER and not len(reps)):
            continue
        joints = data["joints3d"][first:last, COCO].astype(np.float64)
        body = joints[:, 5:]
        if np.isfinite(body).all(-1).mean() < 0.98 or last - first < 30:
            continue
        turned = np.stack([joints[..., 0], -joints[..., 2], joints[..., 1]], axis=-1)
        yield turned, float(data["clip_fps"][number]), exercise, reps


def _seen(
    name: str, maker: str, joints: np.ndarray, fps: float, exercise: int, reps: np.ndarray,
    rng: np.random.Generator,
) -> Labelled:  # fmt: skip
    known = np.isfinite(joints).all(-1)
    middle = np.nanmean(joints[:, 5:], axis=1, keepdims=True)
    joints = np.where(known[..., None], joints, middle)
    seconds = (len(joints) - 1) / fps
    at = np.arange(0, seconds, 1 / HZ) * fps
    low, share = at.astype(int), (at % 1)[:, None, None]
    high = np.minimum(low + 1, len(joints) - 1)
    frames = ((1 - share) * joints[low] + share * joints[high]).astype(np.float32)
    t_s = at / fps
    # Somebody who counts looks at the exercise: the camera aims at all of the clip.
    label = np.ones(len(frames), np.uint8)
    nothing = np.zeros(len(frames))
    track = Track3D(frames, label, nothing, nothing > 0, (maker,), label * 0, (), np.nan)
    seen = project(track, rng)
    away = _openpose(~known[low][seen.view.frame])
    score = np.where(away, 0, seen.scores)
    inside, phase = _phase(t_s[seen.view.frame], reps)
    kind = np.where(inside, exercise, UNKNOWN) if exercise != OTHER else np.full(len(phase), OTHER)
    kind = np.where((score > 0).sum(1) < FEWEST, UNUSABLE, kind)
    if exercise == OTHER:
        phase = np.zeros(len(phase))
    times = [(float(a - seen.t_s[0]), float(b - seen.t_s[0])) for a, _, b in reps]
    times = times if exercise != OTHER else []
    return Labelled(
        name, maker, seen.t_s - seen.t_s[0], seen.poses, score.astype(np.float32), kind, phase,
        exercise, (len(times), len(times)), tuple(times),
    )  # fmt: skip


def _openpose(missing: np.ndarray) -> np.ndarray:
    """(n, 17) of COCO's joints → (n, 18): the neck is missing where both shoulders are."""
    out = np.zeros((len(missing), len(KEYPOINTS)), bool)
    out[:, COCO] = missing
    out[:, KEYPOINTS.index("neck")] = missing[:, 5] & missing[:, 6]
    return out


def _phase(t_s: np.ndarray, reps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Between the first and last repetition or not; the angle, NaN where nothing is known."""
    phase = np.full(len(t_s), np.nan)
    if not len(reps):
        return np.zeros(len(t_s), bool), phase
    around = (t_s >= reps[0, 0]) & (t_s <= reps[-1, 2])
    phase[around] = 0.0
    for start, turn, end in reps:
        up, down = (t_s >= start) & (t_s < turn), (t_s >= turn) & (t_s < end)
        phase[up] = np.maximum(np.pi * (t_s[up] - start) / (turn - start), 1e-3)
        phase[down] = np.pi * (1 + (t_s[down] - turn) / (end - turn))
    return around, phase
