"""Once a day, what is older than its time is forgotten, if the clock is trusted."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.kiosk.retention_job import DAY_S, HOUR_S, MINUTE_S, RetentionJob
from edge_app.kiosk.videos import Videos
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.retention import Retention
from edge_app.ledger.roster import by_hand
from tests.ledger.making import make_start
from tests.ledger.shaky_clock import ShakyClock


@pytest.fixture
def videos(tmp_path: Path) -> Videos:
    return Videos(tmp_path / "videos")


@pytest.fixture
def clock() -> ShakyClock:
    """Right since the device started."""
    clock = ShakyClock()
    clock.synchronise()
    return clock


@pytest.fixture
def ledger(tmp_path: Path, clock: ShakyClock) -> Iterator[Ledger]:
    ledger = Ledger(str(tmp_path / "ledger.sqlite"), clocks=clock.sources())
    yield ledger
    ledger.close()


def filmed(ledger: Ledger, videos: Videos, student: uuid.UUID | None = None) -> uuid.UUID:
    """An attempt of now; its video's own date is nonsense, and must not matter."""
    recording = ledger.begin(make_start(student))
    recording.end("time")
    return film(videos, recording.id)


def film(videos: Videos, attempt: uuid.UUID) -> uuid.UUID:
    videos.folder.mkdir(exist_ok=True)
    videos.path(attempt).write_bytes(b"film")
    os.utime(videos.path(attempt), (1.0, 1.0))
    return attempt


def test_it_forgets_at_the_start_and_once_a_day(
    ledger: Ledger, videos: Videos, clock: ShakyClock
) -> None:
    first = filmed(ledger, videos)
    clock.true_s += 15 * DAY_S
    job = RetentionJob(ledger, videos, Retention(), 14, lambda: clock.true_s)
    second = filmed(ledger, videos)
    assert job.look() and not videos.has(first) and videos.has(second)
    clock.true_s += DAY_S - 1
    assert not job.look()
    clock.true_s += 2
    assert job.look() and videos.has(second)
    clock.true_s += 14 * DAY_S
    assert job.look() and not videos.has(second)


@pytest.mark.parametrize(("days", "kept"), [(13.9, True), (14.1, False), (400, False)])
def test_a_video_goes_when_its_time_is_over(
    ledger: Ledger, videos: Videos, clock: ShakyClock, days: float, kept: bool
) -> None:
    attempt = filmed(ledger, videos)
    clock.true_s += days * DAY_S
    assert RetentionJob(ledger, videos, Retention(), 14).look()
    assert videos.has(attempt) == kept


def test_a_video_without_an_attempt_goes_when_it_was_here_for_its_time(
    ledger: Ledger, videos: Videos, clock: ShakyClock
) -> None:
    """The ledger was moved aside: only the videos are left."""
    attempt = film(videos, uuid.uuid4())
    for days, kept in ((0, True), (13.9, True), (0.2, False)):
        clock.true_s += days * DAY_S
        assert RetentionJob(ledger, videos, Retention(), 14).look()
        assert videos.has(attempt) == kept


def test_it_tries_again_after_an_hour(
    ledger: Ledger, videos: Videos, clock: ShakyClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = filmed(ledger, videos)
    clock.true_s += 15 * DAY_S
    job = RetentionJob(ledger, videos, Retention(), 14, lambda: clock.true_s)

    def fails(rule: Retention) -> None:
        raise OSError("read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "forget", fails)
        assert job.look() and videos.has(old)
    clock.true_s += HOUR_S
    assert job.look() and not videos.has(old)


def test_nothing_goes_by_a_clock_that_is_not_trusted_or_has_just_jumped(
    ledger: Ledger, videos: Videos, clock: ShakyClock
) -> None:
    old = filmed(ledger, videos)
    clock.true_s += 15 * DAY_S
    job = RetentionJob(ledger, videos, Retention(), 14, lambda: clock.true_s)
    clock.set(clock.true_s + 91 * DAY_S)
    assert not job.look() and videos.has(old)
    clock.synchronise()
    for _ in range(59):
        assert not job.look() and videos.has(old)
        clock.true_s += MINUTE_S
    clock.true_s += 2 * MINUTE_S
    assert job.look() and not videos.has(old)


def test_the_video_of_an_erased_name_goes_whatever_the_clock_says(
    ledger: Ledger, videos: Videos, clock: ShakyClock
) -> None:
    ada, ben = by_hand("Ada", "Li"), by_hand("Ben", "Li")
    ledger.roster.put([ada, ben])
    hers, his = filmed(ledger, videos, ada.id), filmed(ledger, videos, ben.id)
    ledger.roster.erase(ada.id)
    clock.set(0.0)
    assert not RetentionJob(ledger, videos, Retention(), 14).look()
    assert not videos.has(hers) and videos.has(his)
