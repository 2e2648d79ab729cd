"""The evidence of an attempt: poses, counting signal and angles over time, as one small blob."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import Mapping, Sequence

import numpy as np

from edge_app.pose.skeleton import KEYPOINTS
from edge_app.values import STORED_DIGITS, Pose

_SCALE = 10**STORED_DIGITS
_POINTS = (len(KEYPOINTS), 3)


@dataclass(frozen=True)
class Track:
    """n frames of one attempt.

    Attributes:
        t_s: (n,) float64, capture times.
        points: (n, 18, 3) float32, x and y in image pixels and the score of every keypoint,
            rounded as `Pose.rounded` does, so that they can be counted again.
        progress: (n,) float32, the counting signal; NaN where there was none.
        parameters: angles and distances by name, (n,) float32 each; NaN where not seen.
    """

    t_s: np.ndarray
    points: np.ndarray
    progress: np.ndarray
    parameters: Mapping[str, np.ndarray]

    def poses(self) -> list[Pose]:
        """The poses as they were counted."""
        return [Pose(p[:, :2], p[:, 2], float(t)) for t, p in zip(self.t_s, self.points)]


@dataclass(frozen=True)
class Sample:
    """One frame on its way into the evidence."""

    pose: Pose
    progress: float
    parameters: Mapping[str, float]


def track_of(samples: Sequence[Sample]) -> Track:
    """The track of these frames."""
    names = sorted({name for sample in samples for name in sample.parameters})
    points = [np.column_stack([s.pose.xy, s.pose.score]) for s in samples]
    return Track(
        t_s=np.array([s.pose.t_s for s in samples], np.float64),
        points=np.array(points, np.float32).reshape(-1, *_POINTS),
        progress=np.array([s.progress for s in samples], np.float32),
        parameters={
            name: np.array([s.parameters.get(name, np.nan) for s in samples], np.float32)
            for name in names
        },
    )


def join(tracks: Sequence[Track]) -> Track:
    """The parts of one attempt, in order, as one track."""
    if not tracks:
        return track_of([])
    names = sorted({name for track in tracks for name in track.parameters})
    return Track(
        t_s=np.concatenate([t.t_s for t in tracks]),
        points=np.concatenate([t.points for t in tracks]),
        progress=np.concatenate([t.progress for t in tracks]),
        parameters={
            name: np.concatenate(
                [t.parameters.get(name, np.full(len(t.t_s), np.nan, np.float32)) for t in tracks]
            )
            for name in names
        },
    )


def pack(track: Track) -> bytes:
    """A compressed .npz; keypoints as whole thousandths, each less the one a frame before."""
    whole = np.rint(track.points.astype(np.float64) * _SCALE).astype(np.int32)
    steps = np.diff(whole, axis=0, prepend=np.zeros_like(whole[:1]))
    columns = np.moveaxis(steps, 0, -1)  # one keypoint's way lies together and compresses better
    blob = io.BytesIO()
    names = list(track.parameters)
    np.savez_compressed(
        blob,
        t_s=track.t_s,
        points=_planes(columns),
        progress=track.progress,
        names=np.array(names, dtype=np.str_),
        parameters=np.array([track.parameters[n] for n in names], np.float32),
    )
    return blob.getvalue()


def unpack(blob: bytes) -> Track:
    """The track that was packed.

    Raises:
        ValueError: the blob is damaged.
    """
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as file:
            t_s = file["t_s"]
            steps = file["points"].T.copy().view("<i4").reshape(*_POINTS, len(t_s))
            whole = np.cumsum(np.moveaxis(steps, -1, 0), axis=0, dtype=np.int32)
            values = file["parameters"].reshape(-1, len(t_s))
            parameters = {str(name): row for name, row in zip(file["names"], values)}
            points = (whole / _SCALE).astype(np.float32)
            return Track(t_s, points, file["progress"], parameters)
    except (zipfile.BadZipFile, KeyError, EOFError) as exc:
        raise ValueError("a piece of evidence is damaged") from exc


def _planes(values: np.ndarray) -> np.ndarray:
    """(4, n) bytes of n int32: the high bytes, nearly all zeros, lie together."""
    return np.ascontiguousarray(values.astype("<i4")).view(np.uint8).reshape(-1, 4).T.copy()
