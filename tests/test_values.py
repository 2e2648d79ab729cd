"""The plain values that travel between the rooms."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from edge_app.values import Pose, finite


def test_a_rounded_pose_is_what_its_text_says() -> None:
    """What is judged can be replayed: a second rounding, through JSON, changes nothing."""
    rng = np.random.default_rng(1)
    pose = Pose(rng.uniform(0, 1920, (18, 2)).astype(np.float32),
                rng.uniform(0, 1, 18).astype(np.float32), 1.0).rounded()  # fmt: skip
    assert pose.xy.dtype == pose.score.dtype == np.float32
    stored = json.loads(json.dumps(pose.xy.astype(np.float64).round(3).tolist()))
    np.testing.assert_array_equal(np.array(stored, np.float32), pose.xy)
    np.testing.assert_array_equal(pose.rounded().xy, pose.xy)


def test_nobody_has_no_keypoint() -> None:
    pose = Pose.nobody(2.5)
    assert pose.xy.shape == (18, 2) and pose.score.shape == (18,)
    assert not pose.score.any() and pose.t_s == 2.5


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.23456, "1.235"), (0, "0.0"), (math.nan, "null"), (-math.inf, "null"), (None, "null"),
     (np.float32(0.25), "0.25")],
)  # fmt: skip
def test_a_number_as_json_takes_it(value: float | None, text: str) -> None:
    assert json.dumps(finite(value), allow_nan=False) == text


def test_digits_can_be_chosen() -> None:
    assert finite(1.23456, 1) == 1.2
