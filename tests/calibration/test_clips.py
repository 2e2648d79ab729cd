"""Repetitions counted with two networks."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.clips import Truth, same_reps, shares
from edge_app.exercise.rep import Penalty, Reason, Rep
from edge_app.tools.manifest import NEGATIVE, Clip


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
