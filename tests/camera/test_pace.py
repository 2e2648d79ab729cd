"""Recorded pictures when they are due."""

from __future__ import annotations

import pytest

from edge_app.camera.pace import Pace
from tests.camera.clocks import FakeTime


def test_a_picture_is_shown_when_it_is_due_and_not_before() -> None:
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    assert pace.wait(0.5) == 0.5 and time.now_s == pytest.approx(100.5)
    time.now_s += 0.4
    assert pace.wait(0.6) == 0.6, "a little late: the picture keeps its time"
    assert time.now_s == pytest.approx(100.9)


def test_after_the_machine_slept_a_clip_does_not_hurry() -> None:
    time = FakeTime()
    pace = Pace(time.clock, time.sleep)
    time.now_s += 60
    assert pace.wait(1.0) == pytest.approx(60.0)  # a minute late
    assert pace.wait(2.0) == pytest.approx(61.0)
    assert time.now_s == pytest.approx(161.0)
