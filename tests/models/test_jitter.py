"""Jitter: nothing when nothing moves, and as much as is put in."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra `train`")

from edge_app.pose.person import MARGIN
from edge_app.values import Pose
from models.jitter import VIEW_PX, jitter_px, shots


@pytest.mark.parametrize("std_px", [0.0, 2.0])
@pytest.mark.parametrize("size", [1, 3])
def test_jitter_is_said_in_pixels_of_the_view(std_px: float, size: int) -> None:
    rng = np.random.default_rng(0)
    still = size * np.stack([np.linspace(0, 50, 18), np.linspace(0, 100, 18)], 1)
    score = np.full(18, 0.5, np.float32)
    score[4] = 0
    poses = [Pose(still + rng.normal(0, size * std_px, (18, 2)), score, i / 30) for i in range(300)]
    values = jitter_px(poses)
    assert len(values) == 17
    wanted = std_px * VIEW_PX / (MARGIN * 100)
    assert np.median(values) == pytest.approx(wanted, rel=0.1)


def test_nobody_has_no_jitter() -> None:
    assert len(jitter_px([Pose.nobody(0.0), Pose.nobody(0.1)])) == 0


def test_shots_differ_by_noise_only() -> None:
    image = np.full((300, 900, 3), 120, np.uint8)
    first, second = shots(image, 2, np.random.default_rng(0))
    assert first.shape == (213, 640, 3)
    assert (first != second).any()
    assert abs(float(first.mean()) - 120) < 1 and 1 < float(first.std()) < 6
