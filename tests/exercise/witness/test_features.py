"""What the second witness sees does not depend on where somebody is and how large."""

from __future__ import annotations

import numpy as np

from edge_app.exercise.witness.features import COUNT, FeatureReader
from edge_app.skeleton import INDEX
from tests.pose.people import standing


def moving(samples: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Somebody who bends the knees: (samples, 18, 2) px and scores."""
    xy = np.repeat(standing(128, 128)[None], samples, 0).astype(np.float32)
    down = 20 * (1 - np.cos(np.linspace(0, 4 * np.pi, samples)))
    for name, row in INDEX.items():
        if "ankle" not in name:
            xy[:, row, 1] += down * (0.5 if "knee" in name else 1)
    return xy, np.full(xy.shape[:2], 0.8, np.float32)


def features(xy: np.ndarray, score: np.ndarray) -> np.ndarray:
    reader = FeatureReader()
    return np.concatenate([reader.update(xy[k : k + 1], score[k : k + 1]) for k in range(len(xy))])


def test_place_and_size_in_the_picture_do_not_matter() -> None:
    xy, score = moving()
    here = features(xy, score)
    assert here.shape == (40, COUNT) and here.dtype == np.float32
    np.testing.assert_allclose(features(3 * xy + 250, score), here, atol=2e-3)
    assert np.abs(np.diff(here, axis=0)).max() > 0.05  # but the movement does


def test_people_side_by_side_are_read_as_if_alone() -> None:
    xy, score = moving()
    other = xy[:, ::-1].copy()
    together = FeatureReader(2)
    both = [
        together.update(np.stack([xy[k], other[k]]), np.stack([score[k], score[k]]))
        for k in range(len(xy))
    ]
    np.testing.assert_allclose(np.array(both)[:, 0], features(xy, score), atol=1e-6)


def test_missing_joints_and_nobody_are_no_fault() -> None:
    xy, score = moving()
    score[5:20] = 0
    score[25:, [INDEX["left_hip"], INDEX["neck"]]] = 0
    seen = features(xy, score)
    assert np.isfinite(seen).all() and np.abs(seen).max() < 10
    assert not np.isnan(features(np.zeros_like(xy), np.zeros_like(score))).any()
