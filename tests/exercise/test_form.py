"""The form of one movement: what it was at the extreme, and what is said of it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from edge_app.exercise.definition import Fault, Limits, find_exercise
from edge_app.exercise.form import ADVICE_SHARE, ExtremeValues, FormJudge, reasons
from edge_app.exercise.intervals import Sample
from edge_app.exercise.parameters import PARAMETERS
from edge_app.exercise.rep import Interval, Penalty

HANDS = Fault("hands", "wrist_ear", 0.5, 1.0, "above", "frame", "Hands to your head.")
ELBOWS = replace(HANDS, code="elbows", sentence="Elbows forward.")
AGAIN = replace(HANDS, code="hands_too", parameter="wrist_at_hip_deg")
DEPTH = replace(HANDS, code="depth", parameter="thigh_rise", threshold=0.2, at="extreme")
RETURN = replace(HANDS, code="return", parameter="trunk_rise", threshold=0.1, at="end")
EXERCISE = replace(
    find_exercise("sit-up"), fault=(HANDS, ELBOWS, AGAIN), penalty_limit=1.0, limits=Limits()
)


def interval(complete: bool = True, end_s: float = 3.0) -> Interval:
    return Interval(1.0, 2.0, end_s, rest=0.0, peak=1.0, complete=complete, floor=0.1)


def penalty(**parts: float) -> Penalty:
    every = {fault.code: parts.get(fault.code, 0.0) for fault in EXERCISE.fault}
    return Penalty(sum(every.values()), every, limit=1.0)


@pytest.mark.parametrize(
    ("found", "of", "rejected", "advised"),
    [
        (interval(), penalty(), [], []),
        (interval(complete=False), penalty(), ["incomplete"], []),
        (interval(end_s=12.0), penalty(), ["too_slow"], []),
        (interval(), penalty(hands=0.9 * ADVICE_SHARE), [], []),
        (interval(), penalty(hands=0.2, elbows=0.4), [], ["elbows", "hands"]),  # gravest first
        (interval(), penalty(hands=0.2, hands_too=0.3), [], ["hands_too"]),  # one sentence once
        (interval(), penalty(hands=0.8, elbows=0.4), ["hands", "elbows"], []),
        (interval(complete=False), penalty(hands=2.0), ["incomplete", "hands"], []),
    ],
)
def test_reasons(found: Interval, of: Penalty, rejected: list[str], advised: list[str]) -> None:
    rejections, advice = reasons(EXERCISE, found, of)
    assert [reason.code for reason in rejections] == rejected
    assert [reason.code for reason in advice] == advised


def test_extreme_values_are_means_around_the_highest_progress() -> None:
    values = ExtremeValues()
    for progress, depth in [(0.5, 9.0), (0.98, 2.0), (1.0, 4.0), (0.97, math.nan), (0.6, 9.0)]:
        values.add(progress, 0.0, {"depth": depth, "other": 1.0})
    assert values.means() == {"depth": 3.0, "other": 1.0}
    values.reset()
    assert values.means() == {}


def test_only_wanted_extreme_values_are_kept() -> None:
    values = ExtremeValues(["depth"])
    values.add(1.0, 0.0, {"depth": 2.0, "other": 1.0})
    assert values.means() == {"depth": 2.0}


def judged(optimised: bool, values: dict[str, list[float]]) -> list[float]:
    """Penalties of two equal movements, up in 4 samples and down in 4, of these parameters."""
    exercise = replace(EXERCISE, fault=(HANDS, DEPTH, RETURN))
    judge, totals = FormJudge(exercise, optimised), []
    progress = [0.0, 0.3, 0.6, 1.0, 0.9, 0.6, 0.3, 0.0]
    for movement in range(2):
        for number, value in enumerate(progress):
            t_s = 8 * movement + number
            raw = final = None
            if number == 6:
                raw = interval()
                final = None if optimised else raw
            elif number == 7 and optimised:
                final = interval()
            parameters = dict.fromkeys(PARAMETERS, math.nan)
            parameters.update((name, each[number]) for name, each in values.items())
            peak = max(progress[: number + 1]) if number else -math.inf
            judge.add(Sample(t_s, value, 0.0, 0.05, peak, raw, final), parameters)
            if final is not None:
                totals.append(judge.verdict(interval()).penalty.total)
    return totals


@pytest.mark.parametrize("optimised", [True, False])
def test_each_movement_is_judged_by_its_own_frames(optimised: bool) -> None:
    good, bad = (
        judged(optimised, {"wrist_ear": [0.0] * 8}),
        judged(optimised, {"wrist_ear": [1.0] * 8}),
    )
    assert good == [0.0, 0.0]
    assert bad == pytest.approx([0.25, 0.25])


def test_depth_is_judged_where_the_movement_turns() -> None:
    assert judged(True, {"thigh_rise": [9, 9, 9, 0.1, 9, 9, 9, 9]}) == [0.0, 0.0]
    assert judged(True, {"thigh_rise": [0, 0, 0, 0.7, 0, 0, 0, 0]}) == pytest.approx([0.25] * 2)


def test_the_return_is_judged_where_the_movement_ends_which_a_raw_interval_does_not_know() -> None:
    halfway = {"trunk_rise": [0, 9, 9, 9, 9, 9, 9, 0.6]}
    assert judged(True, halfway) == pytest.approx([0.25] * 2)
    assert judged(False, halfway) == [0.0, 0.0]


def test_a_verdict_is_a_repetition() -> None:
    judge = FormJudge(EXERCISE, optimised=True)
    rep = judge.verdict(interval(complete=False))
    assert (rep.number, rep.start_s, rep.end_s) == (1, 1.0, 3.0)
    assert not rep.counted and rep.score == 0.0
    assert [reason.code for reason in rep.reasons] == ["incomplete"]
    assert judge.verdict(interval()).number == 2
