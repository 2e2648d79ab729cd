"""The drawn frame as a whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge_app.exercise.definition import find_exercise
from edge_app.sinks.video.colours import BAD, GOOD
from edge_app.sinks.video.overlay import VERDICT_S, Overlay
from edge_app.sinks.video.skeleton import points_of
from tests.sinks.video.making import LOW, sitting, update, verdict

REJECTED = verdict(2, LOW, counted=False)


@pytest.mark.parametrize(
    ("size", "drawn"),
    [((301, 200), (200, 300)), ((1920, 1080), (720, 1280)), ((1081, 1921), (1280, 720))],
)
def test_the_drawn_frame_is_even_and_not_too_large(
    size: tuple[int, int], drawn: tuple[int, int]
) -> None:
    overlay = Overlay("squat", find_exercise("squat"))
    for second in range(3):
        said = [REJECTED] if second == 1 else []
        seen = update(sitting(t_s=second), *said, size=size)
        assert overlay.draw(seen).shape[:2] == drawn
        assert (seen.frame.image == 90).all()


def test_a_lane_that_counts_nothing_has_an_empty_band() -> None:
    seen = replace(update(sitting(1.5, (250, 80))), signal=None)
    assert (Overlay("", None).draw(seen)[-5:] == 27).all()


def shows(picture: np.ndarray, colour: tuple[int, int, int]) -> bool:
    """Above the band, where only a card has these colours."""
    upper = picture[: picture.shape[0] * 3 // 4].astype(int)
    return bool((np.abs(upper - colour) <= 2).all(-1).any())


def test_a_verdict_is_shown_for_a_while_or_until_the_next() -> None:
    overlay = Overlay("sit-up", find_exercise("sit-up"))
    said = {1: [verdict(1)], 2: [REJECTED]}
    seen = []
    for second in (0, 1, 2, 3, 2 + VERDICT_S + 0.1):
        out = overlay.draw(update(sitting(1.5, (250, 80), second), *said.get(second, [])))
        seen.append((shows(out, GOOD), shows(out, BAD)))
    assert seen == [(False, False), (True, False), (False, True), (False, True), (False, False)]


def test_no_card_lies_over_the_person() -> None:
    pose = sitting(2, (20, 20))
    alone = Overlay("sit-up", None).draw(update(pose))
    shown = Overlay("sit-up", None).draw(update(pose, REJECTED))
    assert (alone != shown).any()
    for x, y in points_of(pose).values():
        around = slice(round(y) - 12, round(y) + 13), slice(round(x) - 12, round(x) + 13)
        assert (alone[around] == shown[around]).all()
