"""The square around the tracked person, and when the whole frame is looked at instead."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.pose.person import MARGIN, Person
from edge_app.pose.target import LOOK_AROUND_S, SHRINK_PER_S, Candidate, Searching, Target
from tests.pose.people import standing


def person(scale: float = 1.0, turn_deg: float = 0, score: float = 0.8) -> Person:
    return Person(standing(300, 240, scale, turn_deg), np.full(18, score))


def head(who: Person) -> Person:
    return Person(who.xy, np.where(np.arange(18) < 8, 0.6, 0.0))


def test_the_square_grows_at_once_and_shrinks_slowly() -> None:
    target = Target.found(person(), 0.0)
    before_px = target.side_px
    target.move_to(person(scale=1.5), 0.1)
    assert target.side_px == pytest.approx(1.5 * before_px)
    target.move_to(person(scale=0.5), 1.1)
    assert target.side_px == pytest.approx(1.5 * before_px * (1 - SHRINK_PER_S))
    assert target.body_px == target.side_px / MARGIN


def test_a_part_of_the_body_does_not_shrink_the_square() -> None:
    target = Target.found(person(), 0.0)
    before_px = target.side_px
    target.move_to(head(person()), 5.0)
    assert target.side_px == before_px


def test_the_turn_stays_while_no_torso_is_seen() -> None:
    target = Target.found(person(turn_deg=70), 0.0)
    target.move_to(head(person()), 0.1)
    assert target.turn_deg == pytest.approx(70) and target.level_deg == 90


def test_the_whole_frame_is_looked_at_once_a_second_while_the_pose_is_weak() -> None:
    target = Target.found(person(), 0.0)
    assert not target.needs_look_around(LOOK_AROUND_S)
    target.move_to(person(score=0.2), 0.1)
    assert not target.needs_look_around(0.9 * LOOK_AROUND_S)
    assert target.needs_look_around(LOOK_AROUND_S)
    target.looked_around_s = LOOK_AROUND_S
    assert not target.needs_look_around(1.9 * LOOK_AROUND_S)


@pytest.mark.parametrize(
    ("thorough", "looks", "seen", "again"),
    [(True, 0, 0, False), (True, 1, 0, True), (False, 1, 0, False), (False, 1, 1, True)],
)
def test_a_round_goes_on_in_the_same_frame_if_it_is_thorough_or_shows_somebody(
    thorough: bool, looks: int, seen: int, again: bool
) -> None:
    candidates = (Candidate(1.0, person()),) * seen
    assert Searching(thorough, looks=looks, candidates=candidates).look_again is again
