"""The evidence of an attempt: poses, counting signal and angles over time, as one small blob."""

from __future__ import annotations

import io
import struct
import tokenize
import zipfile
import zlib
from dataclasses import dataclass
from typing import Mapping, Sequence

import numpy as np

from edge_app.skeleton import KEYPOINTS
from edge_app.values import STORED_DIGITS, Pose

_SCALE = 10**STORED_DIGITS
_MOST = 1e6  # larger than any pixel, angle or distance
_DAMAGE = (  # what a damaged archive, or NumPy's parser of a damaged header, raises
    zipfile.BadZipFile, zlib.error, struct.error, tokenize.TokenError, SyntaxError, KeyError,
    IndexError, AttributeError, TypeError, EOFError, ValueError, OSError, MemoryError,
    NotImplementedError,
)  # fmt: skip
_NOTHING = -(2**31)  # stands for NaN
_POINTS = (len(KEYPOINTS), 3)


@dataclass(frozen=True)
class Track:
    """n frames of one attempt.

    Attributes:
        t_s: (n,) float64, capture times.
        points: (n, 18, 3) float32, x and y in image pixels and the score of every keypoint,
            rounded as `Pose.rounded` does, so that they can be counted again.
        progress: (n,) float32, the counting signal rounded to 0.001; NaN where there was none.
        parameters: angles and distances by name, (n,) float32 each, rounded to 0.001; NaN where
            not seen.
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
    """One frame of the evidence."""

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
    """Joins the parts of one attempt, in order, into one track."""
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
    """A compressed .npz of integer thousandths, as differences between frames; times unchanged.

    Args:
        track: of at least one frame.
    """
    points = np.moveaxis(track.points, 0, -1).reshape(-1, len(track.t_s))
    curves = np.array([track.progress, *track.parameters.values()], np.float64)
    blob = io.BytesIO()
    np.savez_compressed(
        blob,
        t_s=track.t_s,
        points=_steps(points),
        curves=_steps(curves),
        names=np.array(list(track.parameters), dtype=np.str_),
    )
    return blob.getvalue()


def unpack(blob: bytes) -> Track:
    """The track that was packed; curves are rounded to 0.001.

    Raises:
        ValueError: the blob is damaged.
    """
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as file:
            t_s = file["t_s"]
            points = _values(file["points"], len(t_s)).reshape(*_POINTS, len(t_s))
            progress, *curves = _values(file["curves"], len(t_s))
            parameters = dict(zip(map(str, file["names"]), curves))
            return Track(t_s, np.moveaxis(points, -1, 0).copy(), progress, parameters)
    except _DAMAGE as exc:
        raise ValueError("a piece of evidence is damaged") from exc


def _steps(rows: np.ndarray) -> np.ndarray:
    """(4, rows × n) bytes: steps from frame to frame, small ones near 0, their high bytes together.

    zlib packs a real track in this form a third smaller than its floats.
    """
    finite = np.isfinite(rows)
    scaled = np.rint(np.where(finite, np.clip(rows, -_MOST, _MOST), 0).astype(np.float64) * _SCALE)
    whole = np.where(finite, scaled, _NOTHING).astype(np.int32)
    steps = np.diff(whole, axis=1, prepend=np.zeros_like(whole[:, :1]))
    zigzag = ((steps << 1) ^ (steps >> 31)).astype("<i4")  # 0, -1, 1, -2, … as 0, 1, 2, 3, …
    return np.ascontiguousarray(zigzag.reshape(-1).view(np.uint8).reshape(-1, 4).T)


def _values(steps: np.ndarray, frames: int) -> np.ndarray:
    """(rows, frames) float32 from `_steps`."""
    zigzag = steps.T.copy().view("<u4").reshape(-1, frames)
    back = (zigzag >> 1).astype(np.int32) ^ -(zigzag & 1).astype(np.int32)
    whole = np.cumsum(back, axis=1, dtype=np.int32)
    return np.where(whole == _NOTHING, np.nan, whole / _SCALE).astype(np.float32)
