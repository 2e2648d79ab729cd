"""How far a counter is off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from edge_app.exercise.rep import Penalty, Rep
from edge_app.pipeline import build
from edge_app.tools.evaluation import Outcome, boundary_error_s, outcome_of
from edge_app.tools.manifest import Clip
from edge_app.values import Pose


def rep(start_s: float, end_s: float, counted: bool = True) -> Rep:
    middle = (start_s + end_s) / 2
    return Rep(1, start_s, middle, end_s, 1.0, counted, (), Penalty(0.0, {}, 1.0), {})


@pytest.mark.parametrize(
    ("counted", "error"),
    [(2, 0), (4, 0), (5, 1), (1, -1), (0, -2), (9, 5)],
)
def test_the_error_is_the_distance_to_the_accepted_range(counted: int, error: int) -> None:
    clip = Clip(Path("a"), "squat", 2, 4, ())
    outcome = Outcome(clip, counted, 0, None, 10.0)
    assert outcome.error == error
    assert outcome.normalised == abs(error) / 4


def test_seconds_of_a_hold_are_not_rejections(monkeypatch: pytest.MonkeyPatch) -> None:
    class Held:
        phase, signal, parameters = "rest", None, {}

        def update(self, pose: Pose) -> list[Rep]:
            return []

        def finish(self) -> list[Rep]:
            return [replace(rep(0, 20), value=20), rep(21, 23, counted=False)]

    monkeypatch.setattr(build, "counter_for", lambda exercise: Held())
    outcome = outcome_of(Clip(Path("a"), "plank", 20, 20, ()), "plank", [Pose.nobody(0.0)])
    assert (outcome.counted, outcome.rejected) == (20, 1)


def test_boundaries_are_compared_with_the_repetition_they_overlap() -> None:
    truth = ((1.0, 2.0), (3.0, 4.0))
    assert boundary_error_s([rep(1.1, 2.1), rep(3.0, 4.2)], truth) == pytest.approx(0.1)
    assert boundary_error_s([rep(8, 9)], truth) is None
    assert boundary_error_s([rep(1, 2, counted=False)], truth) is None
