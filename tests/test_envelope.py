"""The envelope follower: its time constants, and what it does without a value."""

from __future__ import annotations

import math

import pytest

from edge_app.envelope import EnvelopeFollower


def test_the_first_value_is_taken_as_it_is() -> None:
    follower = EnvelopeFollower(1.0, 1.0)
    assert math.isnan(follower.value)
    assert follower.update(3.0, 0.0) == follower.value == 3.0


@pytest.mark.parametrize("fps", [5, 30, 1000])
@pytest.mark.parametrize(("start", "end", "tau_s"), [(0.0, 1.0, 0.5), (1.0, 0.0, 2.0)])
def test_after_its_time_constant_a_step_is_63_percent_done(
    fps: int, start: float, end: float, tau_s: float
) -> None:
    follower = EnvelopeFollower(up_s=0.5, down_s=2.0)
    follower.update(start, 0.0)
    for frame in range(1, int(tau_s * fps) + 1):
        follower.update(end, frame / fps)
    done = (follower.value - start) / (end - start)
    assert done == pytest.approx(1 - math.exp(-int(tau_s * fps) / fps / tau_s))


def test_time_that_is_skipped_does_not_count() -> None:
    waited, skipped = EnvelopeFollower(1.0, 1.0), EnvelopeFollower(1.0, 1.0)
    for follower in (waited, skipped):
        follower.update(0.0, 0.0)
    skipped.touch(9.9)
    assert skipped.update(1.0, 10.0) == pytest.approx(1 - math.exp(-0.1))
    assert waited.update(1.0, 10.0) == pytest.approx(1 - math.exp(-10))


def test_a_clock_that_goes_back_changes_nothing() -> None:
    follower = EnvelopeFollower(1.0, 1.0)
    follower.update(0.0, 5.0)
    assert follower.update(1.0, 4.0) == 0.0
