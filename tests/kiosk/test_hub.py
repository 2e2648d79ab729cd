"""From the counting threads to the browsers."""

from __future__ import annotations

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.kiosk.hub import WAITING_EVENTS, Hub, Watcher


def test_a_browser_that_does_not_read_is_let_go() -> None:
    watcher = Watcher()
    for number in range(WAITING_EVENTS + 1):
        watcher.event(str(number))
        watcher.live("now")
    assert watcher.lost and len(watcher._events) == WAITING_EVENTS


def test_more_browsers_than_there_is_room_for_are_turned_away() -> None:
    hub = Hub()
    joined = [hub.join(pictures=False) for _ in range(251)]
    assert joined[-1] is None and hub.watchers == 250


def test_news_after_the_servers_end_stop_nobody() -> None:
    class Closed:
        def call_soon_threadsafe(self, *_: object) -> None:
            raise RuntimeError("Event loop is closed")

    hub = Hub()
    hub.attach(Closed())  # type: ignore[arg-type]
    hub.join(pictures=True)
    hub.picture(b"")
