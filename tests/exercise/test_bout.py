"""Bouts of repetitions are believed when they are recognised, or alike; single ghosts are not."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from edge_app.exercise.bout import PAUSE_S, BoutJudge
from edge_app.exercise.build import counter_for, rules_alone
from edge_app.exercise.definition import find_exercise
from edge_app.exercise.rep import OTHER_MOVEMENT, Counter, Penalty, Reason, Rep
from edge_app.exercise.witness.watch import Witness
from edge_app.sinks.track import load_track
from edge_app.values import Pose

NEGATIVES = Path(__file__).parents[1] / "data" / "negatives"


class Scripted:
    """A witness that recognises what overlaps its times, from a moment on."""

    def __init__(self, *times: float) -> None:
        self.times = list(times)

    def update(self, pose: Pose) -> None:
        """Sees nothing: what it recognises is given."""

    def moving(self, exercise: str, start_s: float, end_s: float) -> float:
        return 0.9 * (exercise == "squat") * any(start_s <= t_s <= end_s for t_s in self.times)


def rep(number: int, start_s: float, length_s: float = 2.0, counted: bool = True) -> Rep:
    reasons = () if counted else (Reason("incomplete", "Not low enough."),)
    return Rep(
        number, start_s, start_s + length_s / 2, start_s + length_s, 1.0, counted, reasons,
        Penalty(0.0, {}, 1.0), {},
    )  # fmt: skip


def at(t_s: float) -> Pose:
    return Pose.nobody(t_s)


def judge(*recognised_s: float) -> tuple[BoutJudge, Scripted]:
    witness = Scripted(*recognised_s)
    return BoutJudge(cast(Witness, witness), "squat"), witness


def test_a_recognised_repetition_counts_at_once_and_so_do_those_after_it() -> None:
    bout, _ = judge(1.0)
    first, second = rep(1, 0.0), rep(2, 2.5)
    assert bout.add(first) == [first]
    assert bout.add(second) == [second], "the witness has lost sight, the bout goes on"
    assert bout.finish() == []


def test_what_is_recognised_a_moment_later_counts_then() -> None:
    bout, witness = judge()
    first = rep(1, 0.0)
    assert bout.add(first) == [] and bout.update(at(2.1)) == []
    witness.times.append(1.9)
    assert bout.update(at(2.4)) == [first]
    assert bout.update(at(2.5)) == []


def test_nobody_is_asked_about_long_ago() -> None:
    bout, witness = judge()
    bout.add(rep(1, 0.0))
    witness.times.append(1.0)
    assert bout.update(at(4.0)) == []


def test_a_single_movement_that_nobody_knows_is_another_movement() -> None:
    bout, _ = judge()
    assert bout.add(rep(1, 0.0)) == [] and bout.update(at(2.0 + PAUSE_S)) == []
    (ghost,) = bout.update(at(2.1 + PAUSE_S))
    assert not ghost.counted and ghost.reasons == (OTHER_MOVEMENT,) and ghost.score == 0
    assert ghost.other and not rep(1, 0.0, counted=False).other
    assert bout.finish() == []


def test_the_end_decides_what_waits() -> None:
    bout, _ = judge()
    bout.add(rep(1, 0.0))
    bout.add(rep(2, 2.5))
    assert [(r.number, r.reasons) for r in bout.finish()] == [
        (1, (OTHER_MOVEMENT,)), (2, (OTHER_MOVEMENT,)),
    ]  # fmt: skip


def test_three_alike_vouch_for_each_other() -> None:
    bout, _ = judge()
    reps = [rep(1, 0.0), rep(2, 2.5), rep(3, 5.0)]
    assert bout.add(reps[0]) == [] and bout.add(reps[1]) == []
    assert bout.add(reps[2]) == reps


@pytest.mark.parametrize(
    "third", [rep(3, 5.0, length_s=4.0), rep(3, 9.5, length_s=1.8), rep(3, 5.0, counted=False)],
    ids=["longer", "late", "rejected"],
)  # fmt: skip
def test_three_that_differ_do_not(third: Rep) -> None:
    bout, _ = judge()
    bout.add(rep(1, 0.0))
    bout.add(rep(2, 2.5))
    assert bout.add(third) == []


def test_a_rejected_one_keeps_its_reason_in_a_bout_that_is_believed() -> None:
    bout, _ = judge(3.0)
    shallow, good = rep(1, 0.0, counted=False), rep(2, 2.5)
    assert bout.add(shallow) == []
    assert bout.add(good) == [shallow, good]


def test_after_a_pause_another_bout_begins() -> None:
    bout, _ = judge(1.0)
    bout.add(rep(1, 0.0))
    bout.update(at(2.0 + PAUSE_S + 1))
    assert bout.add(rep(2, 2.1 + PAUSE_S)) == []
    assert [r.reasons for r in bout.finish()] == [(OTHER_MOVEMENT,)]


def test_what_nobody_recognised_for_long_is_not_counted_with_a_later_bout() -> None:
    bout, witness = judge()
    decided: list[Rep] = []
    for number in range(1, 40):  # somebody plays in front of the camera: no pause, nothing alike
        decided += bout.update(at(4.0 * number))
        decided += bout.add(rep(number, 4.0 * number, length_s=1.0 if number % 2 else 3.5))
    witness.times.append(4.0 * 40 + 1)
    decided += bout.update(at(4.0 * 40))
    decided += bout.add(rep(40, 4.0 * 40))
    assert sum(r.counted for r in decided) <= 6 and len(decided) == 40
    assert [r.number for r in decided] == [*range(1, 41)]


def test_belief_does_not_last_for_ever() -> None:
    bout, _ = judge(1.0)
    decided = bout.add(rep(1, 0.0))
    for number in range(2, 20):
        decided += bout.update(at(4.0 * number))
        decided += bout.add(rep(number, 4.0 * number, length_s=1.0 if number % 2 else 3.5))
    decided += bout.finish()
    assert len(decided) == 19 and 1 < sum(r.counted for r in decided) <= 6


def test_a_long_even_set_in_a_view_that_nobody_knows_counts_to_its_end() -> None:
    bout, _ = judge()
    decided = [r for number in range(1, 41) for r in bout.add(rep(number, 3.0 * number))]
    assert len(decided) == 40 and all(r.counted for r in decided)


def count(counter: Counter, path: Path) -> int:
    for pose in load_track(path):
        counter.update(pose)
    counter.finish()
    return counter.count


@pytest.mark.parametrize(
    ("clip", "exercise"), [("boxing", "push-up"), ("boxing", "squat"), ("dancing", "squat")]
)
def test_ghosts_of_everyday_movement_are_not_counted(clip: str, exercise: str) -> None:
    path, asked = NEGATIVES / f"{clip}.npz", find_exercise(exercise)
    assert count(rules_alone(asked), path) >= 1
    assert count(counter_for(asked), path) == 0
