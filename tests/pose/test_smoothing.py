"""The One Euro filter on poses."""

from __future__ import annotations

import numpy as np

from edge_app.pose.smoothing import PoseSmoother
from edge_app.values import Pose


def poses(positions: np.ndarray, fps: float = 30.0, score: float = 0.9) -> list[Pose]:
    xy = np.repeat(positions[:, None, None], 18, 1) * np.ones((1, 1, 2))
    return [
        Pose(p.astype(np.float32), np.full(18, score, np.float32), i / fps)
        for i, p in enumerate(xy)
    ]


def run(track: list[Pose], body_px: float = 200.0) -> np.ndarray:
    smooth = PoseSmoother()
    return np.array([smooth(p, body_px).xy[0, 0] for p in track])


def test_jitter_at_rest_is_nearly_halved() -> None:
    noise = np.random.default_rng(0).normal(100, 2, 300)
    assert run(poses(noise))[30:].std() < 0.6 * noise[30:].std()


def test_a_fast_movement_is_hardly_late() -> None:
    t = np.arange(90) / 30
    ramp = 100 + 300 * np.clip(t - 1, 0, 1)  # 1.5 bodies a second
    late_s = np.abs(run(poses(ramp)) - ramp)[40:60].max() / 300
    assert late_s < 0.05


def test_a_missing_keypoint_is_held_then_missing_and_starts_afresh_after_a_long_gap() -> None:
    smooth = PoseSmoother()
    smooth(poses(np.array([100.0]))[0], 200)
    nowhere = (np.zeros((18, 2), np.float32), np.zeros(18, np.float32))
    held = smooth(Pose(*nowhere, 0.1), 200)
    assert held.score.all() and (held.xy == 100).all()
    assert not smooth(Pose(*nowhere, 0.3), 200).score.any()
    back = Pose(np.full((18, 2), 300, np.float32), np.ones(18, np.float32), 1.0)
    np.testing.assert_allclose(smooth(back, 200).xy, 300)


def test_the_distance_to_the_camera_does_not_matter() -> None:
    t = np.arange(60) / 30
    path = 50 * np.sin(2 * np.pi * t)
    near, far = run(poses(path), 200), run(poses(path / 4), 50)
    np.testing.assert_allclose(near, 4 * far, atol=1e-3)
