"""Who is followed, and where the next look goes."""

from __future__ import annotations

import numpy as np
import pytest
from people import standing

from edge_app.pose.lock import Person, PersonLock, similarity

HW = (480, 640)


def person(x: float, y: float, scale: float = 1.0, turn_deg: float = 0, score: float = 0.8):
    return Person(standing(x, y, scale, turn_deg), np.full(18, score))


def locked_on(who: Person) -> PersonLock:
    lock = PersonLock((256, 256))
    for look in range(3):
        lock.view(HW, look / 30)
        lock.update([who], look / 30)
    assert lock.person is not None
    return lock


def test_searches_upright_then_turned_both_ways() -> None:
    lock, turns = PersonLock((256, 256)), []
    for look in range(4):
        matrix = lock.view(HW, look / 30).matrix
        turns.append(round(np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0]))))
        assert lock.update([], look / 30) is None
    assert turns == [0, 90, -90, 0]


def test_takes_the_largest_person() -> None:
    lock = PersonLock((256, 256))
    small, large = person(100, 200, 0.6), person(400, 200, 1.5)
    for look in range(3):
        lock.view(HW, look / 30)
        lock.update([small, large], look / 30)
    assert lock.person is large


@pytest.mark.parametrize("turn_deg", [0, 90, -90, 30, 180])
def test_the_next_look_shows_the_torso_upright(turn_deg: float) -> None:
    who = person(300, 240, turn_deg=turn_deg)
    view = locked_on(who).view(HW, 0.2)
    seen = view.to_input(who.xy)
    neck, hips = seen[1], seen[[8, 11]].mean(0)
    assert neck[1] < hips[1] and abs(neck[0] - hips[0]) < 10
    assert seen.min() > 10 and seen.max() < 246  # and all of the body with a margin


def test_stays_with_the_person_when_a_larger_one_walks_past() -> None:
    who, other = person(300, 240), person(420, 240, 1.4)
    lock = locked_on(who)
    for look in range(3, 12):
        lock.view(HW, look / 30)
        assert lock.update([other, who], look / 30) is who


def test_a_short_absence_is_waited_for_and_a_long_one_starts_a_new_search() -> None:
    who = person(300, 240)
    lock = locked_on(who)
    assert lock.update([], 0.4) is None and lock.person is not None
    assert lock.update([who], 0.5) is who
    lock.update([], 1.5)
    assert lock.person is None


def test_a_fragment_does_not_make_the_view_collapse() -> None:
    who = person(300, 240)
    lock = locked_on(who)
    before = lock.body_px
    head = Person(who.xy, np.where(np.arange(18) < 8, 0.6, 0.0))
    for look in range(3, 30):
        lock.view(HW, look / 30)
        lock.update([head], look / 30)
    assert lock.body_px > 0.95 * before


def test_similarity_is_one_for_itself_and_nothing_for_a_stranger() -> None:
    who = person(300, 240)
    assert similarity(who, who, 170) == pytest.approx(1)
    assert similarity(who, person(600, 240), 170) < 0.01
    nobody = Person(np.zeros((18, 2)), np.zeros(18))
    assert similarity(who, nobody, 170) == 0
