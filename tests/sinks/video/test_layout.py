"""Cards and band hide nobody, and do not hop about."""

from __future__ import annotations

from edge_app.sinks.video.layout import REMEMBERED_S, Box, Layout

SIZE = (1280, 720)
CARD = (300, 150)


def laid(*bones: tuple[tuple[float, float], tuple[float, float]], t_s: float = 0.0) -> Layout:
    layout = Layout(SIZE)
    layout.follow(t_s, bones)
    return layout


def test_the_first_choice_is_bottom_band_and_left_top_corner() -> None:
    layout = laid()
    band = layout.band(120)
    assert band == Box(0, 600, 1280, 720)
    box = layout.place("count", CARD, band, ())
    assert (box.left, box.top) == (16, 16)


def test_a_second_card_takes_another_corner() -> None:
    layout = laid()
    band = layout.band(120)
    first = layout.place("count", CARD, band, ())
    second = layout.place("verdict", (460, 150), band, [first])
    assert not first.meets(second) and second.top == 16


def test_a_person_in_the_corner_sends_the_card_away_and_it_stays_there() -> None:
    layout = laid(((100, 50), (150, 400)))
    band = layout.band(120)
    box = layout.place("count", CARD, band, ())
    assert layout.hidden(box) == 0 and box.left > 900
    layout.follow(REMEMBERED_S + 1, [((640, 100), (640, 500))])
    assert layout.place("count", CARD, band, ()) == box


def test_where_the_person_was_is_kept_free_for_a_repetition_and_no_longer() -> None:
    layout = laid(((100, 50), (150, 400)))
    layout.follow(REMEMBERED_S - 0.5, [((640, 100), (640, 500))])
    assert layout.hidden(Box(0, 0, 300, 300)) > 0
    layout.follow(REMEMBERED_S + 0.5, [((640, 100), (640, 500))])
    assert layout.hidden(Box(0, 0, 300, 300)) == 0


def test_the_band_leaves_feet_at_the_lower_edge_alone() -> None:
    layout = laid(((200, 660), (900, 690)))
    assert layout.band(120) == Box(0, 0, 1280, 120)
    box = layout.place("count", CARD, layout.band(120), ())
    assert box.top == 136


def test_a_person_who_fills_the_picture_is_hidden_as_little_as_can_be() -> None:
    layout = laid(*[((x, 0), (x, 720)) for x in range(0, 1000, 20)])
    band = layout.band(120)
    assert layout.place("count", CARD, band, ()).left > 900


def test_places_outside_the_picture_are_no_trouble() -> None:
    layout = laid(((-500, -500), (3000, 3000)), ((-20, 100), (-10, 200)))
    assert layout.hidden(Box(-100, -100, 2000, 2000)) > 0
