"""Everybody in one still picture, with a network that sees drawn people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.pose.person import similarity
from edge_app.pose.still import find_people, one_look
from tests.pose.people import draw, standing

HW = (256, 256)
PICTURE = np.zeros((*HW, 3), np.uint8)


class Drawn:
    """A backend whose first looks, at the whole picture, show people; later ones are closer."""

    input_hw = HW
    path = Path("drawn.onnx")
    provider = "drawn"

    def __init__(self, whole: list[list[np.ndarray]], closely: list[np.ndarray]) -> None:
        self.answers = [draw(people) for people in whole]
        self.closely = draw(closely)
        self.looks = 0

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.looks += 1
        return self.answers[self.looks - 1] if self.looks <= len(self.answers) else self.closely

    def close(self) -> None:
        """Nothing is open."""


LEFT, RIGHT = standing(80, 128), standing(180, 128)


def test_one_look_finds_everybody_at_their_place() -> None:
    backend = Drawn([[LEFT, RIGHT]], [])
    people = sorted(one_look(PICTURE, backend), key=lambda p: p.centre[0])
    assert backend.looks == 1 and len(people) == 2
    for person, xy in zip(people, (LEFT, RIGHT)):
        assert np.abs(person.xy - xy).max() < 6


def test_whoever_is_found_is_looked_at_closely_once() -> None:
    """Upright the network sees two people, turned by 90° nobody; each gets a close look."""
    backend = Drawn([[LEFT, RIGHT], [], []], [standing(128, 128, 1.1)])
    people = find_people(PICTURE, backend)
    assert backend.looks == 3 + 2 and len(people) == 2
    assert similarity(people[0], people[1], 170) < 0.4


@pytest.mark.parametrize("whole", [[[], [], []], [[LEFT], [], []]])
def test_who_is_gone_in_the_close_look_was_never_there(whole: list[list[np.ndarray]]) -> None:
    assert find_people(PICTURE, Drawn(whole, [])) == []
