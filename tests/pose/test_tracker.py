"""Who is tracked, and where the next look goes."""

from __future__ import annotations

import numpy as np
import pytest

from edge_app.pose.person import Person
from edge_app.pose.tracker import LOST_AFTER_S, PersonTracker, Zone
from tests.pose.people import standing

HW = (480, 640)


def person(x: float, y: float, scale: float = 1.0, turn_deg: float = 0, score: float = 0.8):
    return Person(standing(x, y, scale, turn_deg), np.full(18, score))


def tracking(who: Person) -> PersonTracker:
    tracker = PersonTracker((256, 256))
    search(tracker, [who])
    assert tracker.person is who
    return tracker


def test_searches_upright_then_turned_both_ways() -> None:
    tracker, turns = PersonTracker((256, 256)), []
    for look in range(4):
        matrix = tracker.view(HW, look / 30).matrix
        turns.append(round(np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0]))))
        assert tracker.update([], HW, look / 30) is None
    assert turns == [0, 90, -90, 0]


@pytest.mark.parametrize("people", [[], [person(300, 240)], [person(300, 240, score=0.25)]])
def test_to_ask_where_to_look_changes_nothing(people: list[Person]) -> None:
    """Two trackers see the same, one of them is asked twice; at the end nobody has been lost."""
    once, twice = PersonTracker((256, 256)), PersonTracker((256, 256))
    who = person(300, 240)
    search(once, [who])
    search(twice, [who])
    for t_s in (0.2, 0.5, 1.3, 1.4, 2.5):
        twice.view(HW, t_s)
        views = [tracker.view(HW, t_s).matrix for tracker in (once, twice)]
        assert np.array_equal(*views)
        for tracker in (once, twice):
            tracker.update(people, HW, t_s)
        assert once.person is twice.person and once.look_again == twice.look_again


def looks_in_one_frame(tracker: PersonTracker, people: list[list[Person]], t_s: float) -> int:
    """How often a frame is looked at; `people` is what each look sees, the last for all after."""
    count = 0
    while not count or tracker.look_again:
        tracker.view(HW, t_s)
        tracker.update(people[min(count, len(people) - 1)], HW, t_s)
        count += 1
    return count


def test_a_frame_with_somebody_in_it_is_looked_at_from_all_sides_and_closely() -> None:
    who = person(300, 240)
    tracker = PersonTracker((256, 256))
    assert looks_in_one_frame(tracker, [[who]], 0.0) == 4 and tracker.person is who
    assert looks_in_one_frame(tracker, [[who]], 0.1) == 1


def test_an_empty_hall_costs_one_look_a_frame_until_somebody_comes() -> None:
    tracker = PersonTracker((256, 256))
    assert [looks_in_one_frame(tracker, [[]], i / 10) for i in range(5)] == [3, 1, 1, 1, 1]
    assert (
        looks_in_one_frame(tracker, [[person(300, 240)]], 1.0) == 3
    )  # the round's rest, and closely
    assert tracker.person is not None
    while tracker.person is not None:
        assert looks_in_one_frame(tracker, [[]], 2.0) == 2  # closely, and more widely
    assert [looks_in_one_frame(tracker, [[]], 3.0 + i) for i in range(2)] == [3, 1]


def test_a_weak_shape_on_the_wall_is_not_taken_but_a_tracked_person_may_grow_weak() -> None:
    tracker = PersonTracker((256, 256))
    assert looks_in_one_frame(tracker, [[person(300, 240, score=0.25)]], 0.0) == 3
    assert tracker.person is None
    looks_in_one_frame(tracker, [[person(300, 240)]], 0.1)
    weak = person(300, 240, score=0.25)
    looks_in_one_frame(tracker, [[weak]], 0.2)
    assert tracker.person is weak


def test_who_is_gone_in_the_close_look_was_never_there() -> None:
    """A shape on a wall bar: three looks take it for somebody, the close one knows better."""
    who, weak = person(300, 240), person(300, 240, score=0.32)
    for closely in ([], [weak]):
        tracker = PersonTracker((256, 256))
        assert looks_in_one_frame(tracker, [[who], [who], [who], closely], 0.0) == 4
        assert tracker.person is None
        assert (
            looks_in_one_frame(tracker, [[who]], 0.1) == 1
        )  # nor is every frame looked at so often
        assert looks_in_one_frame(tracker, [[who]], 0.6) == 3 and tracker.person is who


def test_takes_the_largest_person() -> None:
    tracker = PersonTracker((256, 256))
    small, large = person(100, 200, 0.6), person(400, 200, 1.5)
    for look in range(3):
        tracker.view(HW, look / 30)
        tracker.update([small, large], HW, look / 30)
    assert tracker.person is large


@pytest.mark.parametrize("turn_deg", [0, 90, -90, 30, 180])
def test_the_next_look_shows_the_torso_upright(turn_deg: float) -> None:
    who = person(300, 240, turn_deg=turn_deg)
    view = tracking(who).view(HW, 0.2)
    seen = view.to_input(who.xy)
    neck, hips = seen[1], seen[[8, 11]].mean(0)
    assert neck[1] < hips[1] and abs(neck[0] - hips[0]) < 10
    assert seen.min() > 10 and seen.max() < 246  # and all of the body with a margin


def test_stays_with_the_person_when_a_larger_one_walks_past() -> None:
    who, other = person(300, 240), person(420, 240, 1.4)
    tracker = tracking(who)
    for look in range(3, 12):
        tracker.view(HW, look / 30)
        assert tracker.update([other, who], HW, look / 30) is who


def test_a_short_absence_is_waited_for_and_a_long_one_starts_a_new_search() -> None:
    who = person(300, 240)
    tracker = tracking(who)
    for t_s, people in ((0.4, []), (0.5, [who])):
        looks_in_one_frame(tracker, [people], t_s)
        assert tracker.person is who
    looks_in_one_frame(tracker, [[]], 1.5)
    assert tracker.person is None


def test_a_fragment_does_not_make_the_view_collapse() -> None:
    who = person(300, 240)
    tracker = tracking(who)
    before = tracker.body_px
    head = Person(who.xy, np.where(np.arange(18) < 8, 0.6, 0.0))
    for look in range(3, 30):
        tracker.view(HW, look / 30)
        tracker.update([head], HW, look / 30)
    assert tracker.body_px > 0.95 * before


def search(tracker: PersonTracker, people: list[Person], start_s: float = 0.0) -> Person | None:
    for look in range(4):
        tracker.view(HW, start_s + look / 30)
        tracker.update(people, HW, start_s + look / 30)
    return tracker.person


def test_each_mat_sees_its_own_student() -> None:
    left, right = person(150, 240, 0.8), person(450, 240, 1.3)
    halves = (Zone(right=0.5), Zone(left=0.5))
    for zone, own in zip(halves, (left, right)):
        tracker = PersonTracker((256, 256), zone)
        assert search(tracker, [left, right]) is own
        for look in range(3, 40):
            tracker.view(HW, look / 30)
            assert tracker.update([right, left], HW, look / 30) is own


def test_who_leaves_the_zone_is_let_go() -> None:
    tracker = PersonTracker((256, 256), Zone(right=0.5))
    assert search(tracker, [person(200, 240)])
    for look in range(3, 40):
        tracker.view(HW, look / 30)
        tracker.update([person(200 + 10 * look, 240)], HW, look / 30)
    assert tracker.person is None


def test_the_one_whose_posture_fits_is_taken_and_not_the_larger_one() -> None:
    helper, student = person(150, 240, 1.4), person(450, 240, turn_deg=90)

    def lies(who: Person) -> float:
        return float(np.ptp(who.xy[:, 0]) > np.ptp(who.xy[:, 1]))

    assert search(PersonTracker((256, 256), posture_fit=lies), [helper, student]) is student


def test_after_a_loss_the_one_at_the_same_place_comes_first() -> None:
    tracker = PersonTracker((256, 256))
    who, other = person(150, 240), person(480, 240, 1.2)
    search(tracker, [who])
    t_s = 3 / 30
    while tracker.person is not None:
        tracker.view(HW, t_s)
        tracker.update([], HW, t_s)
        t_s += 1 / 30
    assert t_s > LOST_AFTER_S
    assert search(tracker, [other, who], t_s + 1) is who
