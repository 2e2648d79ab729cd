"""From the counting threads to the browsers."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Coroutine, TypeVar

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.kiosk.hub import WAITING_EVENTS, Hub, Watcher

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: the browser's tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


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


def test_events_come_in_order_and_of_the_live_values_the_newest() -> None:
    async def watch() -> list[str | bytes]:
        hub = Hub()
        hub.attach(asyncio.get_running_loop())
        watcher = hub.join(pictures=False)
        assert watcher is not None
        hub.live({"i": 1})
        for number in (1, 2):
            hub.event("rep", {"n": number})
            hub.live({"i": 1 + number})
        return [await asyncio.wait_for(watcher.next(), 5) for _ in range(3)]

    messages = [json.loads(message) for message in run(watch())]
    assert messages == [
        {"kind": "rep", "n": 1}, {"kind": "rep", "n": 2}, {"kind": "live", "i": 3},
    ]  # fmt: skip


def test_pictures_go_to_those_who_show_them_only() -> None:
    async def watch() -> tuple[str | bytes, bool]:
        hub = Hub()
        hub.attach(asyncio.get_running_loop())
        watcher, viewer = hub.join(pictures=False), hub.join(pictures=True)
        assert watcher is not None and viewer is not None
        hub.picture(b"old")
        hub.picture(b"new")
        got = await asyncio.wait_for(viewer.next(), 5)
        return got, watcher._live is None

    assert run(watch()) == (b"new", True)


def test_who_leaves_is_counted_if_it_did_not_read() -> None:
    hub = Hub()
    for lost in (False, True):
        watcher = hub.join(pictures=lost)
        assert watcher is not None and (hub.watchers, hub.viewers) == (not lost, lost)
        watcher.lost = lost
        hub.leave(watcher)
    assert (hub.watchers, hub.viewers, hub.let_go) == (0, 0, 1)
