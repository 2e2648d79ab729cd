"""Pose tracks on disk: they come back, and a damaged one is one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.sinks.track import load_track, save_track
from edge_app.values import Pose


def test_a_track_comes_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    poses = [
        Pose(rng.uniform(0, 500, (18, 2)).astype(np.float32), np.full(18, 0.5, np.float32), i / 15)
        for i in range(7)
    ]
    save_track(tmp_path / "a.npz", poses)
    back = list(load_track(tmp_path / "a.npz"))
    assert [p.t_s for p in back] == [p.t_s for p in poses]
    for a, b in zip(poses, back):
        np.testing.assert_allclose(b.xy, a.xy, atol=0.051)
        np.testing.assert_array_equal(b.score, a.score)
    save_track(tmp_path / "none.npz", [])
    assert list(load_track(tmp_path / "none.npz")) == []


def damaged(path: Path, how: str) -> None:
    save_track(path, [Pose.nobody(i / 15) for i in range(50)])
    whole = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "one array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif how == "other arrays":
        np.savez(path, x=np.zeros(3))
    elif how == "arrays of other sizes":
        np.savez(path, t_s=np.zeros(3), xy=np.zeros((2, 18, 2)), score=np.zeros((3, 18)))
    else:
        changed = bytearray(whole)
        changed[60:90] = b"x" * 30
        path.write_bytes(
            {"empty": b"", "cut": whole[: len(whole) // 2], "text": b"t_s,x,y\n",
             "overwritten": bytes(changed)}[how]
        )  # fmt: skip


@pytest.mark.parametrize(
    "how",
    ["missing", "one array", "other arrays", "arrays of other sizes", "empty", "cut", "text",
     "overwritten"],
)  # fmt: skip
def test_a_damaged_track_is_one_sentence(tmp_path: Path, how: str) -> None:
    damaged(tmp_path / "a.npz", how)
    with pytest.raises(InputError, match="is not a pose track"):
        list(load_track(tmp_path / "a.npz"))


def test_a_broken_track_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_text("no")
    with pytest.raises(InputError, match="is not a pose track"):
        next(load_track(tmp_path / "a.npz"))
