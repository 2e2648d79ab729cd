"""Agreement of two networks, and of the repetitions counted with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calibration.clips import Truth, same_reps, shares
from calibration.compare import agreement
from edge_app.exercise.rep import Penalty, Reason, Rep
from edge_app.tools.manifest import NEGATIVE, Clip
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


def rep(counted: bool = True, score: float = 1.0, *faults: str) -> Rep:
    reasons = tuple(Reason(code, "A sentence.") for code in faults)
    return Rep(1, 0.0, 1.0, 2.0, score, counted, reasons, Penalty(0.0, {}, 1.0), {})


def clip(name: str, count: int, exercise: str = "squat") -> Clip:
    return Clip(Path(name), exercise, count, count, ())


def test_repetitions_are_compared_by_count_rejection_and_fault() -> None:
    results = [
        same_reps(clip("same", 2), [rep(), rep()], [rep(), rep(True, 0.8)]),
        same_reps(clip("one fewer", 4), [rep(), rep()], [rep()]),
        same_reps(clip("rejected", 1), [rep()], [rep(False, 0.0, "knee")]),
        same_reps(clip("other fault", 0), [rep(False, 0.0, "hand")], [rep(False, 0.0, "knee")]),
    ]
    found = shares(results)
    assert (found.clips, found.same_counts, found.same_rejections) == (4, 0.5, 0.75)
    assert found.same_faults == 0.25
    assert found.score_change == pytest.approx((0.1 + 0 + 1 + 0) / 4)
    assert found.differing == {
        "one fewer": "2/1 counted, 0/0 rejected",
        "rejected": "1/0 counted, 0/1 rejected",
    }
    assert found.truth == {
        "reference": Truth(0.75, 0.75, 0.125),
        "candidate": Truth(0.5, 0.75, (0.75 + 1) / 4),
    }


def test_a_clip_with_nothing_to_count_has_no_truth() -> None:
    assert not shares([same_reps(clip("walking", 0, NEGATIVE), [rep()], [])]).truth
