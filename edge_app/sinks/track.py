"""Pose tracks on disk: a clip's poses without its pictures."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Iterator
from zipfile import BadZipFile

import numpy as np

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.values import Pose

# What numpy raises for a file that is missing, cut off, empty, or not an archive of such arrays.
DAMAGE = (
    OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, BadZipFile, zlib.error,
)  # fmt: skip


def save_track(path: Path, poses: list[Pose]) -> None:
    """Writes t_s (n,), xy (n, 18, 2) and score (n, 18) as a compressed .npz."""
    with whole_file(path) as beside:
        np.savez_compressed(
            beside,
            t_s=np.array([p.t_s for p in poses]),
            xy=np.array([p.xy for p in poses], np.float32).reshape(-1, 18, 2).round(1),
            score=np.array([p.score for p in poses], np.float16).reshape(-1, 18),
        )


def load_track(path: Path) -> Iterator[Pose]:
    """The poses of a track, in order.

    Raises:
        InputError: the file is missing or not a complete track.
    """
    try:
        with path.open("rb") as stream, np.load(stream) as file:
            t_s, xy, score = file["t_s"], file["xy"], file["score"].astype(np.float32)
        if xy.shape != (*t_s.shape, 18, 2) or score.shape != (*t_s.shape, 18) or t_s.ndim != 1:
            raise ValueError("its arrays do not match")
    except DAMAGE as exc:
        raise InputError(f"{path} is not a pose track") from exc
    for i in range(len(t_s)):
        yield Pose(xy[i], score[i], float(t_s[i]))
