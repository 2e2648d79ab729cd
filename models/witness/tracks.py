"""Labelled pose tracks for the second witness, and stretches of them as training data."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_app.errors import InputError
from edge_app.exercise.witness.features import RATE_HZ
from edge_app.exercise.witness.network import BINS, EXERCISES, OTHER, UNUSABLE
from edge_app.sinks.track import DAMAGE, load_track
from edge_app.skeleton import KEYPOINTS
from edge_app.tools.manifest import NEGATIVE

UNKNOWN = -1  # no label: the sample is not learned from
FEWEST = 6  # joints; with fewer, nobody usable is seen
MARGIN_S = 1.0  # around the first and last repetition, where rest is certain
NAMES = {"situp": "sit-up", "vsitup": "v-sit-up", "pushup": "push-up", "pullup": "pull-up",
         "jumping_jack": "jumping-jack"}  # fmt: skip
SWAP = [KEYPOINTS.index(
    name.replace("left", "@").replace("right", "left").replace("@", "right")
) for name in KEYPOINTS]  # fmt: skip


DRAWN = {"hand-release push-up": "push-up", "jumping jack": "jumping-jack",
         "rope skipping": "rope-skipping"}  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """A track with its truth at every sample of the track's own times.

    Attributes:
        name: of the clip. maker: whose it is; folds never divide a maker.
        t_s (n,), xy (n, 18, 2) px, score (n, 18).
        kind (n,): number of the exercise, `OTHER`, `UNUSABLE` or `UNKNOWN`.
        phase (n,): angle in [0, 2π), 0 at rest, π at the turn; NaN unknown.
        exercise: number of what is done in the clip, `OTHER` if there is nothing to count.
        count: lowest and highest right count.
        spans: start and end of each repetition, seconds.
    """

    name: str
    maker: str
    t_s: np.ndarray
    xy: np.ndarray
    score: np.ndarray
    kind: np.ndarray
    phase: np.ndarray
    exercise: int
    count: tuple[int, int]
    spans: tuple[tuple[float, float], ...]


def load_real(manifest: Path, tracks: Path) -> list[Labelled]:
    """The clips of a manifest that have a stored track, labelled by their repetition times."""
    found = []
    with manifest.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = tracks / f"{Path(row['file']).stem}.npz"
            name = NAMES.get(row["exercise"], row["exercise"])
            if path.is_file() and name in (*EXERCISES, NEGATIVE):
                found.append(_real(row, name, path))
    return found


def _real(row: dict[str, str], name: str, path: Path) -> Labelled:
    poses = list(load_track(path))
    t_s = np.array([p.t_s for p in poses])
    xy, score = np.array([p.xy for p in poses]), np.array([p.score for p in poses])
    exercise = OTHER if name == NEGATIVE else EXERCISES.index(name)
    times = [span.split("-") for span in row["rep_times"].split(";") if span]
    spans = tuple((float(a), float(b)) for a, b in times)
    kind = np.full(len(t_s), OTHER if exercise == OTHER else UNKNOWN)
    phase = np.full(len(t_s), 0.0 if exercise == OTHER else np.nan)
    if spans and exercise != OTHER:
        around = (t_s > spans[0][0] - MARGIN_S) & (t_s < spans[-1][1] + MARGIN_S)
        phase[around] = 0.0
        kind[(t_s >= spans[0][0]) & (t_s <= spans[-1][1])] = exercise
        for start, end in spans:
            inside = (t_s >= start) & (t_s < end)
            share = (t_s[inside] - start) / (end - start)
            phase[inside] = 2 * np.pi * np.maximum(share, 1e-3)  # 0 is rest
    kind[(score > 0).sum(1) < FEWEST] = UNUSABLE
    lowest = int(row["count_min"] or row["count"])
    highest = int(row["count_max"] or row["count"])
    maker = row["repo"]
    return Labelled(
        path.stem, maker, t_s, xy, score, kind, phase, exercise, (lowest, highest), spans
    )


def load_drawn(archive: Path) -> list[Labelled]:
    """The tracks of `python -m models.gym.moves`, whose exact phases are known.

    Raises:
        InputError: the file is not such an archive.
    """
    try:
        with np.load(archive) as stored:
            data = {name: stored[name] for name in stored.files}
            names = [DRAWN.get(str(name), str(name)) for name in data["exercises"]]
            number = np.array([EXERCISES.index(n) if n in EXERCISES else OTHER for n in names])
            return [_drawn(data, number, track) for track in range(len(data["first"]) - 1)]
    except DAMAGE as exc:
        raise InputError(f"{archive} is not an archive of drawn movements") from exc


def _drawn(data: dict[str, np.ndarray], number: np.ndarray, track: int) -> Labelled:
    rows = slice(int(data["first"][track]), int(data["first"][track + 1]))
    size = data["size_px"][track].astype(np.float32)
    score = data["scores"][rows].astype(np.float32)
    xy = data["poses"][rows].astype(np.float32) * size.max() + (size - 1) / 2
    kind = number[data["exercise"][rows]]
    phase = np.where(data["inside"][rows], np.maximum(data["phase"][rows].astype(float), 1e-2), 0.0)
    kind = np.where((score > 0).sum(1) < FEWEST, UNUSABLE, kind)
    done = kind[kind < OTHER]
    main = int(np.bincount(done).argmax()) if len(done) else OTHER
    own = data["rep_track"] == track
    spans = tuple((float(a), float(b)) for a, b in data["rep_s"][own][:, [0, 3]])
    t_s = data["t_s"][rows].astype(float)
    counts = (len(spans), len(spans))
    return Labelled(f"drawn-{track}", "drawn", t_s, xy, score, kind, phase, main, counts, spans)


def fold_of(maker: str, folds: int) -> int:
    """The fold in which a maker is judged: by a hash, so that new clips change no other's."""
    return int(hashlib.sha256(maker.encode()).hexdigest(), 16) % folds


def resampled(
    track: Labelled,
    start_s: float,
    samples: int,
    speed: float = 1.0,
    keep: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The track at `RATE_HZ` from a time on, played at a speed.

    Args:
        keep: (n,) which frames are there; None: all.

    Returns:
        xy (samples, 18, 2), score (samples, 18), kind and phase (samples,).
    """
    rows = np.arange(len(track.t_s)) if keep is None else np.flatnonzero(keep)
    t_s = track.t_s[rows]
    wanted = start_s + speed * np.arange(samples) / RATE_HZ
    after = np.clip(np.searchsorted(t_s, wanted), 1, len(t_s) - 1)
    a, b = rows[after - 1], rows[after]
    share = np.clip((wanted - track.t_s[a]) / (track.t_s[b] - track.t_s[a]), 0, 1)
    nearest = np.where(share < 0.5, a, b)
    both = (track.score[a] > 0) & (track.score[b] > 0)
    middle = track.xy[a] + share[:, None, None] * (track.xy[b] - track.xy[a])
    xy = np.where(both[..., None], middle, track.xy[nearest])
    kind, phase = track.kind[nearest].copy(), track.phase[nearest].copy()
    beyond = (wanted > t_s[-1] + 0.5) | (wanted < t_s[0] - 0.5)
    kind[beyond], phase[beyond] = UNKNOWN, np.nan
    return xy.astype(np.float32), track.score[nearest].astype(np.float32), kind, phase


def bins(phase: np.ndarray) -> np.ndarray:
    """Angle → 0 at rest, 1 to `BINS` inside a repetition, `UNKNOWN` for NaN."""
    number = np.floor(np.nan_to_num(phase) / (2 * np.pi) * BINS).astype(int) + 1
    number = np.where(np.nan_to_num(phase) == 0, 0, np.clip(number, 1, BINS))
    result: np.ndarray = np.where(np.isnan(phase), UNKNOWN, number)
    return result


def disturbed(
    xy: np.ndarray, score: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A stretch as another camera and a worse network might show it: turned, mirrored, noisy."""
    found = score > 0
    if rng.random() < 0.5:
        xy, score = xy[:, SWAP] * np.array([-1, 1], np.float32), score[:, SWAP]
        found = found[:, SWAP]
    angle = np.radians(rng.normal(0, 7))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
    stretch = np.array([rng.uniform(0.85, 1.15), 1.0], np.float32)
    xy = (xy @ turn) * stretch
    body = _body(xy, found)
    white = rng.uniform(0, 0.012) * rng.standard_normal(xy.shape)
    xy = xy + (body * white).astype(np.float32)
    if rng.random() < 0.3:  # a joint is not seen for a while, or for good
        joints = rng.choice(len(KEYPOINTS), rng.integers(1, 5), replace=False)
        start, length = rng.integers(0, len(xy)), rng.integers(5, len(xy))
        score = score.copy()
        score[start : start + length, joints] = 0
    score = score * np.float32(rng.uniform(0.8, 1.1))
    return xy.astype(np.float32), np.clip(score, 0, 1)


def _body(xy: np.ndarray, found: np.ndarray) -> float:
    extents = [np.ptp(p[f], axis=0).max() for p, f in zip(xy[::10], found[::10]) if f.sum() > 2]
    return float(np.median(extents)) if extents else 1.0


def usable(tracks: Sequence[Labelled]) -> list[Labelled]:
    """Those long enough to be learned from."""
    return [t for t in tracks if len(t.t_s) > 10 and t.t_s[-1] - t.t_s[0] > 1.0]
