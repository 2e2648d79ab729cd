"""Motion capture becomes labelled tracks of people who are seen through random cameras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra `train`")

from edge_app.errors import InputError
from edge_app.exercise.witness.network import EXERCISES, OTHER
from edge_app.skeleton import INDEX, KEYPOINTS
from models.witness.mocap import load_mocap

SQUAT = EXERCISES.index("squat")


def archive(folder: Path, **changes: Any) -> Path:
    """Two clips of two seconds at 30 frames a second: one squat, and somebody who stands."""
    height = {"nose": 1.6, "neck": 1.45, "hip": 0.9, "knee": 0.5, "ankle": 0.1, "wrist": 0.8}
    joints = np.zeros((120, 18, 3), np.float32)
    for name in KEYPOINTS:
        side = 0.2 * (name.startswith("left") - name.startswith("right"))
        joints[:, INDEX[name]] = side, height.get(name.split("_")[-1], 1.4), 0.0
    down = 0.4 * np.sin(np.linspace(0, np.pi, 60))
    high = [INDEX[n] for n in KEYPOINTS if "knee" not in n and "ankle" not in n]
    joints[:60, high, 1] -= down[:, None]
    data = {
        "joints3d": joints.astype(np.float16), "clip_start": np.array([0, 60]),
        "clip_end": np.array([60, 120]), "clip_fps": np.array([30.0, 30.0]),
        "clip_movement": np.array(["squat", "walk"]), "rep_clip": np.array([0]),
        "rep_start": np.array([0.0]), "rep_turn": np.array([1.0]), "rep_end": np.array([1.9]),
        "rep_source": np.array(["eye"]), **changes,
    }  # fmt: skip
    path = folder / "mocap-test.npz"
    np.savez(path, **data)
    return path


def test_a_squat_and_something_else(tmp_path: Path) -> None:
    tracks = load_mocap(archive(tmp_path), views=4, seed=0)
    assert [t.exercise for t in tracks] == [SQUAT] * 4 + [OTHER] * 4
    assert {t.maker for t in tracks} == {"mocap-test"}
    for track in tracks[:4]:
        inside = (track.t_s > 0.3) & (track.t_s < 0.8) & (track.kind == SQUAT)
        assert (track.phase[inside] > 0).all() and (track.phase[inside] < np.pi).all()
        later = (track.t_s > 1.2) & (track.t_s < 1.8) & (track.kind == SQUAT)
        assert (track.phase[later] > np.pi).all()
    assert all((track.phase == 0).all() for track in tracks[4:])
    assert any(len(track.t_s) > 10 and (track.score > 0).mean() > 0.5 for track in tracks)


def test_a_clip_whose_turns_are_not_known_is_left_out(tmp_path: Path) -> None:
    changed = archive(tmp_path, rep_source=np.array(["source (unclear)"]))
    assert [t.exercise for t in load_mocap(changed, views=1, seed=0)] == [OTHER]
    changed = archive(tmp_path, rep_clip=np.array([7]))
    assert [t.exercise for t in load_mocap(changed, views=1, seed=0)] == [OTHER]


def test_joints_that_the_source_lacks_are_not_found(tmp_path: Path) -> None:
    path = archive(tmp_path)
    with np.load(path) as stored:
        data = dict(stored)
    data["joints3d"][:, INDEX["left_ear"]] = np.nan
    np.savez(path, **data)
    for track in load_mocap(path, views=2, seed=0):
        assert not track.score[:, INDEX["left_ear"]].any()


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, joints3d=np.zeros(3))
    with pytest.raises(InputError, match="motion capture"):
        load_mocap(path, views=1, seed=0)
