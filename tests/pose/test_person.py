"""One body: its box and torso, how alike two are, and the square that shows one."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.pose.person import MARGIN, ROOM_PX, Person, close_look, framing, similarity
from tests.pose.people import standing

NOBODY = Person(np.zeros((18, 2)), np.zeros(18))


def person(x: float, y: float, scale: float = 1.0, turn_deg: float = 0, score: float = 0.8):
    return Person(standing(x, y, scale, turn_deg), np.full(18, score))


def only(who: Person, keypoints: list[int]) -> Person:
    return Person(who.xy, np.where(np.isin(np.arange(18), keypoints), who.score, 0.0))


def test_the_box_is_that_of_the_found_keypoints() -> None:
    arm = only(person(300, 240), [2, 3, 4])
    xy = arm.xy[2:5]
    assert arm.extent_px == np.ptp(xy[:, 1])
    assert arm.centre == pytest.approx((xy.min(0) + xy.max(0)) / 2)
    assert NOBODY.extent_px == 0.0


def test_a_torso_needs_the_neck_and_a_hip() -> None:
    who = person(300, 240)
    torso = who.torso()
    assert torso is not None and torso == pytest.approx([0, -60])
    one_hip = only(who, [1, 8]).torso()
    assert one_hip is not None and one_hip == pytest.approx([11, -60])
    assert only(who, [1, 2, 5]).torso() is None and only(who, [8, 11]).torso() is None


@pytest.mark.parametrize(
    ("keypoints", "score", "worth"), [(18, 0.8, True), (18, 0.25, False), (5, 1.0, False)]
)
def test_who_is_worth_tracking(keypoints: int, score: float, worth: bool) -> None:
    who = only(person(300, 240, score=score), list(range(keypoints)))
    assert who.worth_tracking is worth


def test_similarity_is_one_for_itself_and_nothing_for_a_stranger() -> None:
    who = person(300, 240)
    assert similarity(who, who, 170) == pytest.approx(1)
    assert similarity(who, person(600, 240), 170) < 0.01
    assert similarity(who, NOBODY, 170) == 0


@pytest.mark.parametrize("turn_deg", [0, 30, 90, -90])
def test_framing_gives_the_turn_of_the_torso_and_a_margin(turn_deg: float) -> None:
    who = person(300, 240, turn_deg=turn_deg)
    side_px, found_deg = framing(who)
    assert found_deg == pytest.approx(turn_deg, abs=1)
    assert side_px >= MARGIN * who.extent_px


def test_a_torso_seen_end_on_gives_no_turn() -> None:
    who = person(300, 240)
    xy = who.xy.copy()
    xy[1] = xy[[8, 11]].mean(0) + np.array([1, -1])
    side_px, turn_deg = framing(Person(xy, who.score))
    assert turn_deg is None and side_px == MARGIN * Person(xy, who.score).extent_px


@pytest.mark.parametrize("input_px", [ROOM_PX, 2 * ROOM_PX])
def test_a_larger_input_shows_more_room_and_not_a_larger_body(input_px: int) -> None:
    view = close_look(person(300, 240), 200.0, 0.0, (input_px, input_px))
    scale = float(np.hypot(*view.matrix[0, :2]))
    assert scale == pytest.approx(ROOM_PX / 200)
