"""Who is followed, and where the next look goes."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.pose.person import Person, similarity
from edge_app.pose.tracker import LOST_AFTER_S, PersonTracker, Zone
from tests.pose.people import standing

HW = (480, 640)


def person(x: float, y: float, scale: float = 1.0, turn_deg: float = 0, score: float = 0.8):
    return Person(standing(x, y, scale, turn_deg), np.full(18, score))


def locked_on(who: Person) -> PersonTracker:
    lock = PersonTracker((256, 256))
    search(lock, [who])
    assert lock.person is who
    return lock


def test_searches_upright_then_turned_both_ways() -> None:
    lock, turns = PersonTracker((256, 256)), []
    for look in range(4):
        matrix = lock.view(HW, look / 30).matrix
        turns.append(round(np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0]))))
        assert lock.update([], look / 30) is None
    assert turns == [0, 90, -90, 0]


def looks_in_one_frame(lock: PersonTracker, people: list[list[Person]], t_s: float) -> int:
    """How often a frame is looked at; `people` is what each look sees, the last for all after."""
    count = 0
    while not count or lock.look_again:
        lock.view(HW, t_s)
        lock.update(people[min(count, len(people) - 1)], t_s)
        count += 1
    return count


def test_a_frame_with_somebody_in_it_is_looked_at_from_all_sides_and_closely() -> None:
    who = person(300, 240)
    lock = PersonTracker((256, 256))
    assert looks_in_one_frame(lock, [[who]], 0.0) == 4 and lock.person is who
    assert looks_in_one_frame(lock, [[who]], 0.1) == 1


def test_an_empty_hall_costs_one_look_a_frame_until_somebody_comes() -> None:
    lock = PersonTracker((256, 256))
    assert [looks_in_one_frame(lock, [[]], i / 10) for i in range(5)] == [3, 1, 1, 1, 1]
    assert looks_in_one_frame(lock, [[person(300, 240)]], 1.0) == 3  # the round's rest, and closely
    assert lock.person is not None
    while lock.person is not None:
        assert looks_in_one_frame(lock, [[]], 2.0) == 2  # closely, and more widely
    assert [looks_in_one_frame(lock, [[]], 3.0 + i) for i in range(2)] == [3, 1]


def test_a_weak_shape_on_the_wall_is_not_taken_but_a_held_person_may_grow_weak() -> None:
    lock = PersonTracker((256, 256))
    assert looks_in_one_frame(lock, [[person(300, 240, score=0.25)]], 0.0) == 3
    assert lock.person is None
    looks_in_one_frame(lock, [[person(300, 240)]], 0.1)
    weak = person(300, 240, score=0.25)
    looks_in_one_frame(lock, [[weak]], 0.2)
    assert lock.person is weak


def test_who_is_gone_in_the_close_look_was_never_there() -> None:
    """A shape on a wall bar: three looks take it for somebody, the close one knows better."""
    who, weak = person(300, 240), person(300, 240, score=0.32)
    for closely in ([], [weak]):
        lock = PersonTracker((256, 256))
        assert looks_in_one_frame(lock, [[who], [who], [who], closely], 0.0) == 4
        assert lock.person is None
        assert looks_in_one_frame(lock, [[who]], 0.1) == 1  # nor is every frame looked at so often
        assert looks_in_one_frame(lock, [[who]], 0.6) == 3 and lock.person is who


def test_takes_the_largest_person() -> None:
    lock = PersonTracker((256, 256))
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
    for t_s, people in ((0.4, []), (0.5, [who])):
        looks_in_one_frame(lock, [people], t_s)
        assert lock.person is who
    looks_in_one_frame(lock, [[]], 1.5)
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


def search(lock: PersonTracker, people: list[Person], start_s: float = 0.0) -> Person | None:
    for look in range(4):
        lock.view(HW, start_s + look / 30)
        lock.update(people, start_s + look / 30)
    return lock.person


def test_each_station_sees_its_own_student() -> None:
    left, right = person(150, 240, 0.8), person(450, 240, 1.3)
    halves = (Zone(right=0.5), Zone(left=0.5))
    for zone, own in zip(halves, (left, right)):
        lock = PersonTracker((256, 256), zone)
        assert search(lock, [left, right]) is own
        for look in range(3, 40):
            lock.view(HW, look / 30)
            assert lock.update([right, left], look / 30) is own


def test_who_leaves_the_zone_is_let_go() -> None:
    lock = PersonTracker((256, 256), Zone(right=0.5))
    assert search(lock, [person(200, 240)])
    for look in range(3, 40):
        lock.view(HW, look / 30)
        lock.update([person(200 + 10 * look, 240)], look / 30)
    assert lock.person is None


def test_the_one_who_suits_is_taken_and_not_the_larger_one() -> None:
    helper, student = person(150, 240, 1.4), person(450, 240, turn_deg=90)

    def lies(who: Person) -> float:
        return float(np.ptp(who.xy[:, 0]) > np.ptp(who.xy[:, 1]))

    assert search(PersonTracker((256, 256), suits=lies), [helper, student]) is student


def test_after_a_loss_the_one_at_the_same_place_comes_first() -> None:
    lock = PersonTracker((256, 256))
    who, other = person(150, 240), person(480, 240, 1.2)
    search(lock, [who])
    t_s = 3 / 30
    while lock.person is not None:
        lock.view(HW, t_s)
        lock.update([], t_s)
        t_s += 1 / 30
    assert t_s > LOST_AFTER_S
    assert search(lock, [other, who], t_s + 1) is who
