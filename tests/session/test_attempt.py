"""Endings, strikes, cadence and the bell: tables of repetitions and what the protocol says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge_app.exercise.rep import OTHER_MOVEMENT, Penalty, Reason, Rep
from edge_app.session.attempt import Attempt
from edge_app.session.protocol import Ending, Requirement, find_protocol, free_practice

FREE = free_practice("push-up")


def rep(
    start_s: float,
    end_s: float,
    *,
    counted: bool = True,
    elbow_deg: float = 80.0,
    penalty: float = 0.0,
    advice: tuple[Reason, ...] = (),
) -> Rep:
    reasons = advice if counted else (Reason("incomplete", "Not low enough."),)
    middle = (start_s + end_s) / 2
    total = Penalty(penalty, {"hips": penalty}, 1.0)
    return Rep(1, start_s, middle, end_s, 1.0, counted, reasons, total, {"elbow_deg": elbow_deg})


def run(protocol, reps: list[Rep], end_s: float = 100.0) -> Attempt:
    """Feeds ten frames a second; a repetition becomes final half a second after its end."""
    attempt = Attempt(protocol, 0.0)
    waiting = list(reps)
    for frame in range(int(end_s * 10)):
        t_s = frame / 10
        moving = any(r.start_s < t_s < r.end_s for r in reps)
        while waiting and waiting[0].end_s + 0.5 <= t_s:
            attempt.add(waiting.pop(0))
        attempt.tick(t_s, moving)
    return attempt


def steady(count: int, period_s: float = 3.0, first_s: float = 1.0, **features) -> list[Rep]:
    starts = [first_s + period_s * i for i in range(count)]
    return [rep(s, s + 0.8 * period_s, **features) for s in starts]


def test_free_practice_counts_whole_repetitions_and_never_ends() -> None:
    attempt = run(FREE, [*steady(5), rep(20, 22, counted=False)])
    assert (attempt.score, attempt.ended) == (5, "")
    assert [v.score for v in attempt.verdicts] == [1, 2, 3, 4, 5, 5]
    assert attempt.verdicts[-1].reasons[0].code == "incomplete"


@pytest.mark.parametrize(
    ("bell", "counts"),
    [("end", False), ("extreme", True)],  # at the bell the person is past the extreme
)
def test_the_last_repetition_at_the_bell(bell: str, counts: bool) -> None:
    protocol = replace(FREE, ending=Ending(time_s=10), bell=bell)
    attempt = run(protocol, [rep(1, 3), rep(8.5, 10.5)])
    assert attempt.score == 1 + counts and attempt.ended == "time"
    late = attempt.verdicts[-1]
    assert late.counted is counts
    assert [r.code for r in late.reasons] == ([] if counts else ["late"])


def test_a_repetition_that_ends_before_the_bell_counts_though_it_is_final_after_it() -> None:
    attempt = run(replace(FREE, ending=Ending(time_s=10)), [rep(7.7, 9.8), rep(10.2, 11.0)])
    assert attempt.score == 1 and len(attempt.verdicts) == 1


def test_the_clock_may_run_from_the_first_repetition() -> None:
    protocol = replace(FREE, ending=Ending(time_s=10), clock="first repetition")
    attempt = Attempt(protocol, 0.0)
    assert attempt.tick(30.0, moving=False) == "" and attempt.left_s(30.0) == 10
    attempt.add(rep(31, 33))
    assert attempt.left_s(34.0) == pytest.approx(7)
    assert attempt.tick(41.0, moving=False) == "time"


def test_two_strikes_end_it_and_the_first_is_forgiven() -> None:
    """The facts' example: the second mistake on repetition 8 gives a score of 7."""
    fitnessgram = find_protocol("fitnessgram-push-up")
    reps = steady(9)
    reps[3], reps[7] = (replace(reps[i], extremes={"elbow_by_reach_deg": 120.0}) for i in (3, 7))
    attempt = run(fitnessgram, reps)
    assert (attempt.score, attempt.strikes, attempt.ended) == (7, 2, "strikes")
    assert [v.fault for v in attempt.verdicts] == [i in (3, 7) for i in range(8)]
    assert attempt.verdicts[3].counted and not attempt.verdicts[7].counted
    assert attempt.verdicts[7].reasons[0].code == "depth"


def test_a_demand_that_was_not_seen_is_no_fault() -> None:
    rule = Requirement("depth", "elbow_deg", "Lower.", max=90)
    attempt = run(replace(FREE, require=(rule,)), [rep(1, 3, elbow_deg=float("nan"))])
    assert attempt.score == 1


def test_a_penalty_beyond_the_limit_is_a_fault_with_its_reason() -> None:
    advice = (Reason("hips", "Keep your body straight."),)
    attempt = run(replace(FREE, penalty_limit=0.2), [rep(1, 3, penalty=0.3, advice=advice)])
    assert attempt.score == 0 and attempt.verdicts[0].reasons == advice


@pytest.mark.parametrize(("period_s", "faults"), [(3.0, 0), (4.4, 0), (4.7, 3)])
def test_who_loses_the_beat_is_told(period_s: float, faults: int) -> None:
    protocol = replace(FREE, cadence_per_min=20)
    attempt = run(protocol, steady(4, period_s))
    assert attempt.strikes == faults
    assert all(r.code == "cadence" for v in attempt.verdicts if v.fault for r in v.reasons)


@pytest.mark.parametrize(
    ("rest_s", "ended", "score"),
    [(9.0, "", 4), (11.0, "gap", 2)],
)
def test_resting_too_long_between_repetitions_ends_it(
    rest_s: float, ended: str, score: int
) -> None:
    first, later = steady(2), steady(2, first_s=6.4 + rest_s)
    attempt = run(replace(FREE, ending=Ending(gap_s=10)), [*first, *later], 7 + rest_s + 5.5)
    assert (attempt.ended, attempt.score) == (ended, score)


def test_waiting_before_the_first_and_hanging_in_the_middle_is_no_gap() -> None:
    protocol = replace(FREE, ending=Ending(gap_s=10))
    assert run(protocol, [rep(30, 32)], 35).ended == ""
    assert run(protocol, [rep(1, 3), rep(12, 27)], 28).score == 2


def test_the_cap_ends_it() -> None:
    attempt = run(replace(FREE, ending=Ending(cap=3)), steady(5))
    assert (attempt.score, attempt.ended) == (3, "cap")


def test_what_was_done_before_the_start_and_after_the_stop_does_not_count() -> None:
    attempt = Attempt(FREE, 5.0)
    assert attempt.add(rep(4, 6)) is None
    attempt.stop()
    attempt.stop()
    assert attempt.ended == "stopped" and attempt.add(rep(6, 8)) is None and attempt.score == 0


def test_a_verdict_reversed_twice_is_back_with_its_strike() -> None:
    attempt = Attempt(replace(FREE, ending=Ending(strikes=2)), 0.0)
    attempt.add(rep(1, 3))
    first = attempt.add(rep(4, 6, counted=False))
    assert (attempt.score, attempt.strikes) == (1, 1)
    reversed_once = attempt.reverse_last()
    assert reversed_once is not None and reversed_once.counted
    assert (attempt.score, attempt.strikes) == (2, 0)
    assert attempt.reverse_last() == first
    assert (attempt.score, attempt.strikes) == (1, 1)
    attempt.reverse_last()
    assert (attempt.score, attempt.strikes) == (2, 0)


def other(start_s: float, end_s: float) -> Rep:
    return replace(rep(start_s, end_s), counted=False, reasons=(OTHER_MOVEMENT,))


@pytest.mark.parametrize("name", ["fitnessgram-push-up", "ippt-push-up", "china-sit-up"])
def test_another_movement_is_no_attempt(name: str) -> None:
    protocol = find_protocol(name)
    attempt = Attempt(protocol, 0.0)
    before_s = attempt.left_s(30.0)
    for start_s in (1.0, 4.0, 7.0):
        verdict = attempt.add(other(start_s, start_s + 2))
        assert verdict and not verdict.counted and not verdict.fault
        assert verdict.reasons == (OTHER_MOVEMENT,)
    assert (attempt.score, attempt.strikes, attempt.ended) == (0, 0, "")
    assert attempt.left_s(30.0) == before_s, "the clock does not start with it"


def test_another_movement_neither_ends_a_rest_nor_breaks_the_beat() -> None:
    pull_up = find_protocol("china-pull-up")
    attempt = Attempt(pull_up, 0.0)
    attempt.add(rep(1.0, 3.0))
    attempt.add(other(8.0, 9.0))
    assert attempt.tick(3.0 + pull_up.ending.gap_s + 0.5, moving=False) == "gap"
    beat = find_protocol("fitnessgram-push-up")
    attempt = Attempt(beat, 0.0)
    attempt.add(rep(1.0, 3.0))
    attempt.add(other(8.0, 9.0))
    late = attempt.add(rep(9.0, 12.0))
    assert late and "cadence" in [reason.code for reason in late.reasons]


def test_a_teacher_may_count_another_movement_all_the_same() -> None:
    attempt = Attempt(FREE, 0.0)
    attempt.add(other(1.0, 3.0))
    verdict = attempt.reverse_last()
    assert verdict and verdict.counted and attempt.score == 1
