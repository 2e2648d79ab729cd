"""The measuring loop with a clock of our own, and what is made of its numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from edge_app.tools.bench.measure import Samples, as_a_camera, ratio
from edge_app.values import Frame

BLANK = np.zeros((2, 2, 3), np.uint8)


def camera(busy_s: list[float], count: int = 10, fps: float = 10.0) -> list[int]:
    """Which of a camera's frames somebody gets who is busy so long after each."""
    now = [0.0]

    def pause(seconds: float) -> None:
        now[0] += seconds

    def frames() -> Iterator[Frame]:
        for index in range(count):
            yield Frame(BLANK, 7.0 + index / fps, index)

    got = []
    for frame in as_a_camera(frames(), lambda: now[0], pause):
        assert now[0] >= frame.index / fps - 1e-9, "no frame comes before it was taken"
        got.append(frame.index)
        now[0] += busy_s[min(len(got), len(busy_s)) - 1]
    return got


@pytest.mark.parametrize(
    ("busy_s", "expected"),
    [
        ([0.05], list(range(10))),  # quick enough: all
        ([0.17], [0, 1, 3, 5, 6, 8, 9]),  # takes 1.7 frames
        ([0.05, 0.45, 0.05], [0, 1, 5, 6, 7, 8, 9]),  # one hiccup, then the newest, not the queue
    ],
)
def test_a_slow_reader_gets_the_newest_frame(busy_s: list[float], expected: list[int]) -> None:
    assert camera(busy_s) == expected


def test_ratio_has_its_spread() -> None:
    ours = [1.0] * 100
    other = [3.0] * 50 + [5.0] * 50
    assert ratio(other, ours) == {"ratio": 4.0, "lowest": 3.0, "highest": 5.0}
    assert ratio([2.0], [1.0])["ratio"] == 2.0  # fewer frames than stretches


def test_a_frame_is_capture_and_all_stages_with_or_without_drawing() -> None:
    samples = Samples(capture=[0.5, 0.5])
    for stage, seconds in (("network", [1.0, 2.0]), ("draw", [0.25, 0.25])):
        samples.stages["ours"][stage] = seconds
    assert samples.per_frame("ours", drawing=False) == [1.5, 2.5]
    assert samples.per_frame("ours", drawing=True) == [1.75, 2.75]
