"""Nothing is judged with what was learnt from its own maker."""

from __future__ import annotations

import pytest

from edge_app.tools.left_out import leave_one_maker_out

CLIPS = [("ann", 1), ("bob", 2), ("ann", 3), ("cy", 4), ("dee", 5)]


@pytest.mark.parametrize("folds", [None, 2, 3, 4])
def test_the_makers_learnt_from_never_have_the_judged_one(folds: int | None) -> None:
    fitted_on = []

    def fit(makers: frozenset[str]) -> frozenset[str]:
        fitted_on.append(makers)
        return makers

    judged = leave_one_maker_out(
        CLIPS, lambda c: c[0], fit, lambda makers, c: (c, makers), folds=folds
    )
    assert [clip for clip, _ in judged] == CLIPS
    assert all(clip[0] not in makers for clip, makers in judged)
    assert len(fitted_on) == (folds or 4)
    left_out = [{"ann", "bob", "cy", "dee"} - makers for makers in fitted_on]
    assert sum(map(len, left_out)) == 4 and set().union(*left_out) == {"ann", "bob", "cy", "dee"}


def test_a_mean_learnt_from_the_others() -> None:
    def fit(makers: frozenset[str]) -> float:
        values = [value for maker, value in CLIPS if maker in makers]
        return sum(values) / len(values)

    judged = leave_one_maker_out(CLIPS, lambda c: c[0], fit, lambda mean, c: mean)
    assert judged == pytest.approx([11 / 3, 13 / 4, 11 / 3, 11 / 4, 10 / 4])


@pytest.mark.parametrize(
    ("clips", "folds"), [([("ann", 1), ("", 2)], None), ([("ann", 1)], None), (CLIPS, 5)]
)
def test_what_would_leak_is_refused(clips: list[tuple[str, int]], folds: int | None) -> None:
    with pytest.raises(ValueError, match="maker"):
        leave_one_maker_out(clips, lambda c: c[0], set, lambda fitted, clip: None, folds=folds)
