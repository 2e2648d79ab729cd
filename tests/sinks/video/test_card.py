"""The two cards."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.exercise.rep import Reason
from edge_app.sinks.video.card import count_card, said_of, verdict_card
from edge_app.sinks.video.colours import BAD, GOOD
from tests.sinks.video.making import LOW, verdict


def has(card: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((np.abs(card.astype(int) - colour) <= 2).all(-1).any())


@pytest.mark.parametrize(("counted", "own", "other"), [(True, GOOD, BAD), (False, BAD, GOOD)])
def test_a_verdict_shows_its_colour(counted: bool, own: tuple, other: tuple) -> None:
    card = verdict_card(7, counted, "Good", 720, 460)
    assert has(card.colour, own) and not has(card.colour, other)


def test_a_verdict_is_no_wider_than_it_may_be() -> None:
    short, long = (verdict_card(8, False, said, 720, 420) for said in ("Good", LOW.sentence))
    assert short.size[0] < long.size[0] <= 420
    assert short.size[1] < long.size[1]


@pytest.mark.parametrize(
    ("reasons", "said"),
    [
        ((), "Good"),
        ((LOW,), LOW.sentence),
        ((Reason("a", "One."), Reason("b", "Two.")), "One. Two."),
    ],
)
def test_what_is_said(reasons: tuple[Reason, ...], said: str) -> None:
    assert said_of(verdict(1, *reasons)) == said


def test_the_count_grows_with_its_title_and_with_what_did_not_count() -> None:
    plain = count_card(3, "sit-up", 0, 720)
    assert count_card(3, "China one-minute sit-up", 0, 720).size[0] > plain.size[0]
    assert count_card(3, "sit-up", 2, 720).size[1] > plain.size[1]
    assert count_card(123, "sit-up", 0, 720).size[0] > plain.size[0]
