"""Signal -> intervals, without a body: every case is a progress curve over time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge_app.exercise.definition import Limits
from edge_app.exercise.intervals import IntervalFinder

LIMITS = Limits(0.35, 0.55, 0.4, 0.12, 8.0)


def curve(*points: tuple[float, float]):
    """A function of time through (t_s, progress) with half-cosine ramps between the points."""
    times, values = np.array(points).T

    def at(t_s: float) -> float:
        i = int(np.clip(np.searchsorted(times, t_s, side="right") - 1, 0, len(times) - 2))
        u = np.clip((t_s - times[i]) / (times[i + 1] - times[i]), 0, 1)
        return float(values[i] + (values[i + 1] - values[i]) * (1 - np.cos(np.pi * u)) / 2)

    at.end_s = float(times[-1])
    return at


def reps(n: int, start_s: float = 1.0, up_s: float = 0.8, rest_s: float = 0.5, top: float = 1.0):
    points = [(0.0, 0.0), (start_s, 0.0)]
    for _ in range(n):
        t_s = points[-1][0]
        points += [(t_s + up_s, top), (t_s + 2 * up_s, 0.0), (t_s + 2 * up_s + rest_s, 0.0)]
    return points


def play(signal, times, optimise=True):
    finder = IntervalFinder(LIMITS, optimise)
    values = [(t_s, signal(t_s)) for t_s in times]
    found = [finder.update(*at).final for at in values if not np.isnan(at[1])]
    return [i for i in [*found, finder.finish()] if i is not None]


def count(found) -> int:
    return sum(i.complete for i in found)


def frames(signal, fps: float = 15.0):
    return np.arange(0, signal.end_s, 1 / fps)


def missing(signal, start_s: float, end_s: float):
    def at(t_s: float) -> float:
        return float("nan") if start_s <= t_s < end_s else signal(t_s)

    at.end_s = signal.end_s
    return at


CASES = {
    # name: (points, counted)
    "clean repetitions": (reps(5), 5),
    "first repetition begins with the first frame": (reps(3, start_s=0.01), 3),
    "a whole range that is offset by 0.3": ([(t, v + 0.3) for t, v in reps(4)], 4),
    "a person who covers only 60 % of the file's range": (reps(4, top=0.6), 4),
    "half a repetition between whole ones": (
        [*reps(3), (7.6, 0.4), (8.4, 0.0), *[(t + 9, v) for t, v in reps(2)]],
        5,
    ),
    "standing still": ([(0, 0.0), (20, 0.0)], 0),
    "slow drift of the camera": ([(0, 0.0), (40, 0.6)], 0),
    "last repetition goes up and the clip ends": ([*reps(2), (6.0, 1.0), (6.5, 1.0)], 2),
    "last repetition comes half-way back": ([*reps(2), (6.0, 1.0), (6.5, 0.7), (7, 0.7)], 2),
    "pause of three seconds at the bottom": ([(0, 0), (1, 0), (2, 1), (5, 1), (6, 0), (7, 0)], 1),
    "wobble at the bottom": (
        [(0, 0), (1, 0), (2, 1), (2.4, 0.7), (2.8, 1.0), (3.2, 0.75), (3.6, 1), (4.5, 0), (6, 0)],
        1,
    ),
    "starts at the far end": ([(0, 1.0), (1, 0.0), *[(t + 1.2, v) for t, v in reps(3)]], 3),
    "three repetitions in two seconds, no rest": (reps(8, up_s=0.33, rest_s=0.01), 8),
    "very slow repetitions": (reps(3, up_s=4.0), 3),
    "one frame of chatter above the upper threshold": (
        [(0, 0), (5, 0), (5.03, 1), (5.06, 0), (9, 0)],
        0,
    ),
    "never back to rest after the first lift, three more half-way": (
        [(0, 0), (1, 0), (2, 1), (3, 0.5), (4, 1), (5, 0.5), (6, 1), (7, 0.5), (8, 1), (9, 0.5),
         (11, 0.5)],
        4,  # each is a lift over the person's own range; how far down is a matter of form
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("fps", [9, 15, 60])
def test_counts(name, fps):
    points, wanted = CASES[name]
    signal = curve(*points)
    assert count(play(signal, frames(signal, fps))) == wanted


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_two_repetitions_a_second_need_15_frames(fps):
    signal = curve(*reps(8, up_s=0.25, rest_s=0.01))
    assert count(play(signal, frames(signal, fps))) == 8


@pytest.mark.parametrize("fps", [9, 15, 30, 60])
def test_boundaries_lie_at_leaving_rest_and_coming_back(fps):
    signal = curve(*reps(3, up_s=1.0, rest_s=1.0))
    found = play(signal, frames(signal, fps))
    for i, interval in enumerate(found):
        assert interval.start_s == pytest.approx(1.0 + 3 * i, abs=0.3)
        assert interval.extreme_s == pytest.approx(2.0 + 3 * i, abs=0.15)
        assert interval.end_s == pytest.approx(3.0 + 3 * i, abs=0.3)


def test_uneven_and_dropped_frames_give_the_same_times():
    signal = curve(*reps(4, up_s=1.0))
    even = play(signal, frames(signal, 30))
    keep = np.random.default_rng(1).random(len(frames(signal, 30))) < 0.4
    uneven = play(signal, frames(signal, 30)[keep])
    assert len(even) == len(uneven) == 4
    for a, b in zip(even, uneven):
        assert b.start_s == pytest.approx(a.start_s, abs=0.2)
        assert b.end_s == pytest.approx(a.end_s, abs=0.2)


@pytest.mark.parametrize(
    ("start_s", "end_s", "wanted"),
    [
        (1.6, 2.0, 3),  # 0.4 s without joints at the extreme: bridged
        (1.3, 2.5, 2),  # 1.2 s: nobody saw that repetition's extreme, it does not count
        (0.0, 0.9, 3),  # the person appears just before the first
        (2.7, 3.1, 3),  # missing while resting
    ],
)
def test_missing_joints(start_s, end_s, wanted):
    signal = missing(curve(*reps(3)), start_s, end_s)
    assert count(play(signal, frames(signal))) == wanted


@pytest.mark.parametrize("seed", range(5))
def test_noise_and_spikes_do_not_change_the_count(seed):
    random = np.random.default_rng(seed)
    clean = curve(*reps(6, up_s=0.9))

    def noisy(t_s: float) -> float:
        spike = random.choice([-0.8, 0.8]) if random.random() < 0.03 else 0.0
        return clean(t_s) + random.normal(0, 0.06) + spike

    assert count(play(noisy, frames(clean, 15))) == 6


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_is_no_repetition(seed):
    random = np.random.default_rng(seed)
    assert count(play(lambda t: random.normal(0, 0.06), np.arange(0, 60, 1 / 15))) == 0


def test_a_half_repetition_is_reported_as_incomplete():
    signal = curve(*reps(3), (8.0, 0.4), (8.8, 0.0), (10.0, 0.0))
    assert [i.complete for i in play(signal, frames(signal))] == [True, True, True, False]


def test_optimisation_widens_raw_intervals_to_the_real_movement():
    signal = curve(*reps(1, up_s=1.0, rest_s=2.0))
    raw = play(signal, frames(signal, 30), optimise=False)[0]
    optimised = play(signal, frames(signal, 30))[0]
    assert raw.end_s < 2.7
    assert optimised.end_s == pytest.approx(3.0, abs=0.3)


@pytest.mark.parametrize("low", [-0.8, -1.6])
def test_a_rest_level_from_getting_into_place_loses_no_repetition(low: float) -> None:
    """Wrong joints while somebody gets down: what follows is higher throughout, and counts."""
    points = [(0.0, -0.3), (0.7, -0.3), (1.2, 0.1), (1.6, low), (1.9, low), (2.6, 0.5), (4.0, 0.5)]
    tops_s = []
    for _ in range(8):
        t_s = points[-1][0]
        points += [(t_s + 0.8, 1.35), (t_s + 1.6, 0.55), (t_s + 1.9, 0.55)]
        tops_s.append(t_s + 0.8)
    signal = curve(*points)
    found = [i.extreme_s for i in play(signal, frames(signal)) if i.complete]
    assert all(any(abs(t - top_s) < 0.3 for t in found) for top_s in tops_s)
    assert len(found) <= len(tops_s) + 2


def test_a_wobble_takes_the_raw_end_back():
    times = np.arange(0, 6, 1 / 30)
    values = np.interp(times, [1, 2, 2.5, 2.55, 3.4], [0, 1, 0.3, 0.95, 0])
    finder = IntervalFinder(replace(LIMITS, min_phase_s=0.3))
    samples = [finder.update(*at) for at in zip(times.tolist(), values.tolist())]
    assert sum(sample.raw is not None for sample in samples) == 2
    (whole,) = [sample.final for sample in samples if sample.final is not None]
    assert whole.extreme_s == pytest.approx(2.0, abs=0.1)
    assert whole.end_s == pytest.approx(3.4, abs=0.3)
    assert all(sample.rest <= sample.edge for sample in samples)


def test_noise_raises_the_threshold_until_the_persons_range_is_known():
    finder, random = IntervalFinder(LIMITS), np.random.default_rng(0)
    for t_s in np.arange(0, 5, 1 / 30).tolist():
        finder.update(t_s, float(random.normal(0, 0.2)))
    noisy = finder.thresholds
    assert noisy.reached - noisy.rest > 1.2 * LIMITS.min_range
    assert finder.phase == "rest"


def test_a_forgotten_interval_no_longer_makes_the_usual_range():
    finder = IntervalFinder(LIMITS)
    signal = curve(*reps(1))
    (only,) = [
        final
        for t_s in frames(signal, 30).tolist()
        if (final := finder.update(t_s, signal(t_s)).final) is not None
    ]
    known = finder.thresholds
    finder.forget(only)
    assert finder.thresholds.reached < known.reached
