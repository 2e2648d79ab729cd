"""What stays visible of a masked picture."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.kiosk.privacy_mask import mask_all_but
from edge_app.skeleton import INDEX
from edge_app.values import Pose
from tests.exercise.stick_figure import squat


def noise(seed: int = 0, height: int = 480, width: int = 640) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


def test_the_mask_leaves_the_body_and_nothing_else() -> None:
    picture = noise(1)
    pose = squat(0.2, 0.0)
    covered = mask_all_but(picture, pose)
    same = (covered == picture).all(axis=2)

    def seen(joint: str) -> bool:
        x, y = pose.xy[INDEX[joint]].astype(int)
        return bool(same[y - 1 : y + 2, x - 1 : x + 2].all())

    assert all(seen(joint) for joint in ("right_hip", "right_knee", "right_ankle", "right_elbow"))
    assert not any(seen(joint) for joint in ("nose", "right_eye", "left_ear"))
    assert same.mean() < 0.25
    assert covered[:40, :40].std() < 0.5 * picture[:40, :40].std()


def test_where_nobody_is_seen_everything_is_covered() -> None:
    picture = noise(2)
    assert (mask_all_but(picture, Pose.nobody(0.0)) == picture).all(axis=2).mean() < 0.01
