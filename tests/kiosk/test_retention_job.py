"""Once a day, what is older than its time is forgotten."""

from __future__ import annotations

import os
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.kiosk.retention_job import DAY_S, HOUR_S, RetentionJob
from edge_app.kiosk.videos import Videos
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.retention import Retention

NOW = datetime(2026, 5, 4, 12, tzinfo=timezone.utc)


@pytest.fixture
def videos(tmp_path: Path) -> Videos:
    return Videos(tmp_path / "videos")


def put(videos: Videos, made: datetime) -> uuid.UUID:
    attempt = uuid.uuid4()
    videos.folder.mkdir(exist_ok=True)
    videos.path(attempt).write_bytes(b"film")
    os.utime(videos.path(attempt), (made.timestamp(), made.timestamp()))
    return attempt


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_it_forgets_at_the_start_and_once_a_day(tmp_path: Path, videos: Videos) -> None:
    ledger, clock = Ledger(str(tmp_path / "ledger.sqlite")), Clock()
    job = RetentionJob(ledger, videos, Retention(), 14, clock, lambda: NOW)
    first = put(videos, NOW - timedelta(days=15))
    assert job.look() and not videos.has(first)
    second = put(videos, NOW - timedelta(days=15))
    clock.now_s += DAY_S - 1
    assert not job.look() and videos.has(second)
    clock.now_s += 2
    assert job.look() and not videos.has(second)
    ledger.close()


def test_it_tries_again_after_an_hour(
    tmp_path: Path, videos: Videos, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger, clock = Ledger(str(tmp_path / "ledger.sqlite")), Clock()
    job = RetentionJob(ledger, videos, Retention(), 14, clock, lambda: NOW)
    old = put(videos, NOW - timedelta(days=15))

    def fails(rule: Retention) -> None:
        raise OSError("read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(ledger, "forget", fails)
        assert job.look() and videos.has(old)
    clock.now_s += HOUR_S
    assert job.look() and not videos.has(old)
    ledger.close()
