"""How far a counter is off."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from edge_app.exercise.rep import Penalty, Rep
from edge_app.pipeline import build
from edge_app.tools.evaluation import (
    Evaluation,
    Ghosts,
    Outcome,
    boundary_error_s,
    outcome_of,
    outcome_of_reps,
    write_rows,
)
from edge_app.tools.manifest import NEGATIVE, Clip
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


def test_the_outcome_of_any_counters_repetitions() -> None:
    clip = Clip(Path("a"), "squat", 2, 4, ((1.0, 2.0),))
    outcome = outcome_of_reps(clip, [rep(1.2, 2.2), rep(3, 4, counted=False)], 10.0)
    assert (outcome.counted, outcome.rejected, outcome.error) == (1, 1, -1)
    assert outcome.boundary_s == pytest.approx(0.2)


def test_every_clip_and_every_ghost_counter_has_a_row(tmp_path: Path) -> None:
    clip = Clip(Path("a.mp4"), "squat", 2, 4, (), "ann", tuned=True)
    empty = Clip(Path("b.mp4"), NEGATIVE, 0, 0, (), "bob", "walking")
    found = Evaluation(
        [Outcome(clip, 5, 1, 0.25, 9.0)],
        [Ghosts(empty, {"sit-up": 2, "squat": 0}, 60.0)],
        [(replace(clip, path=Path("c.mp4")), "it is damaged")],
    )
    write_rows(tmp_path / "rows.csv", found)
    with (tmp_path / "rows.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(r["file"], r["counted_as"], r["counted"], r["error"]) for r in rows] == [
        ("a.mp4", "squat", "5", "1"),
        ("b.mp4", "sit-up", "2", "2"),
        ("b.mp4", "squat", "0", "0"),
        ("c.mp4", "", "", ""),
    ]
    assert [(r["maker"], r["tuned_on"]) for r in rows[:2]] == [("ann", "yes"), ("bob", "no")]
    assert rows[0]["boundary_s"] == "0.25" and rows[3]["not_counted"] == "it is damaged"
