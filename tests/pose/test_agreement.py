"""Agreement of two networks on the same pictures."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.pose.agreement import agreement
from tests.pose.people import draw, standing

BLOB = np.zeros((1, 3, 256, 256), np.float32)


def answering(*people: np.ndarray):
    maps = draw(list(people))
    return lambda blob: maps


def test_a_network_agrees_with_itself() -> None:
    same = agreement(answering(standing(128, 128)), answering(standing(128, 128)), [BLOB])
    assert same.heatmap_cosine == pytest.approx(1) and same.paf_cosine == pytest.approx(1)
    assert (same.keypoints, same.missed, same.pictures) == (1.0, 0.0, 1)


@pytest.mark.parametrize(
    ("shift_px", "share"),
    [(0.0, 1.0), (2.0, 1.0), (6.0, 0.0)],  # the body is 165 px: 2 % of it are 3.3 px
)
def test_moved_keypoints_agree_within_two_per_cent(shift_px: float, share: float) -> None:
    found = agreement(
        answering(standing(128, 128)), answering(standing(128 + shift_px, 128)), [BLOB]
    )
    assert found.keypoints == pytest.approx(share, abs=0.12) and found.missed == 0
    assert (found.heatmap_cosine < 1 - 1e-6) == (shift_px > 0)


def test_who_is_not_seen_is_missed() -> None:
    nobody = draw([])
    found = agreement(answering(standing(128, 128)), lambda blob: nobody, [BLOB])
    assert (found.keypoints, found.missed) == (0.0, 1.0)
    nothing = agreement(lambda blob: nobody, answering(standing(128, 128)), [BLOB])
    assert (nothing.keypoints, nothing.missed) == (1.0, 0.0)  # the reference has none to lose
