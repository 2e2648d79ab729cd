"""What goes wrong in a gym: cameras, browsers, disks, power."""

from __future__ import annotations

import base64
import csv
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Iterator

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from websockets.sync.client import connect

from edge_app.kiosk.api_health import health_of
from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import FakeCamera, fake_kiosk, opened, until
from tests.kiosk.serving import serving
from tests.ledger.making import right_clocks

KILLS = int(os.environ.get("EDGE_REPS_KILLS", "6"))
GONE_S = 10.0


@pytest.fixture
def camera() -> FakeCamera:
    return FakeCamera(live=True)


@pytest.fixture
def kiosk(tmp_path: Path, camera: FakeCamera, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    yield from opened(tmp_path, camera, monkeypatch.setattr)


@pytest.mark.slow
def test_a_camera_that_is_gone_for_ten_seconds_costs_nothing(
    kiosk: Kiosk, camera: FakeCamera
) -> None:
    board = lambda: {**kiosk.page_state.snapshot(), **kiosk.page_state.snapshot()["mats"][0]}  # noqa: E731
    kiosk.loop.command("start")
    assert until(lambda: board()["count"] >= 1)
    camera.plugged.clear()
    gone_s = time.monotonic()
    assert until(lambda: board()["phase"] == "paused", 2.0), "noticed within two seconds"
    assert board()["why"] == "camera" and board()["camera"]["message"]
    before = board()["reps"]
    time.sleep(GONE_S - (time.monotonic() - gone_s))
    assert board()["reps"] == before
    camera.plugged.set()
    assert until(lambda: board()["phase"] == "running", 10.0)
    assert until(lambda: board()["count"] >= len(before) + 1)
    assert board()["reps"][: len(before)] == before
    last = board()["reps"][len(before)]
    assert last["end_s"] - before[-1]["end_s"] < 7, "the ten seconds are not of the attempt"
    kiosk.loop.command("stop")
    assert until(lambda: board()["phase"] == "finished")
    assert len(kiosk.ledger.results.attempts()) == 1


@pytest.mark.slow
def test_a_browser_that_never_reads_slows_nobody(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_app.kiosk.sockets.SLOW_S", 1.0)
    with serving(kiosk) as port:
        deaf = [asked_for(port, path) for path in ("/ws/pictures", "/ws/events") * 3]
        with connect(f"ws://127.0.0.1:{port}/ws/pictures") as other:
            begun_s, pictures = time.monotonic(), 0
            while time.monotonic() - begun_s < 3:
                other.recv(timeout=3)
                other.send("next")
                pictures += 1
        assert pictures >= 20, "the one that reads gets its pictures"
        assert kiosk.hub.viewers <= 4  # the deaf ones hold two unread pictures each and no more
        for one in deaf:
            one.close()
        assert until(lambda: kiosk.hub.viewers == kiosk.hub.watchers == 0)


def asked_for(port: int, path: str) -> socket.socket:
    """A WebSocket whose other end never reads, with as little room as the system gives."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    one.connect(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    one.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return one


@pytest.mark.slow
def test_two_hundred_browsers_see_the_same(kiosk: Kiosk) -> None:
    with serving(kiosk) as port, ExitStack() as browsers:
        url = f"ws://127.0.0.1:{port}/ws/events"
        sockets = [browsers.enter_context(connect(url)) for _ in range(200)]
        assert until(lambda: kiosk.hub.watchers == 200)
        frames, begun_s = kiosk.loop.frames, time.monotonic()
        kiosk.loop.command("start")
        seen = set()
        for one in sockets:
            while True:
                event = json.loads(one.recv(timeout=30))
                if event["kind"] == "rep":
                    seen.add((event["n"], event["count"]))
                    break
        rate = (kiosk.loop.frames - frames) / (time.monotonic() - begun_s)
    assert len(seen) == 1
    assert rate > 5, "the counting loop went on"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a small file system here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_kiosk_whose_disk_fills_up_counts_on_and_stores_it_all_later(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = fake_kiosk(small_disk, FakeCamera(), monkeypatch.setattr, video="veiled")
    board = lambda: {**kiosk.page_state.snapshot(), **kiosk.page_state.snapshot()["mats"][0]}  # noqa: E731
    kiosk.loop.command("start")
    assert until(lambda: board()["count"] >= 2)
    filler = small_disk / "filler"
    with suppress(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    assert until(lambda: board()["problem"] == "The disk is full.")
    before = board()["count"]
    assert until(lambda: board()["count"] >= before + 3), "counting goes on"
    assert not health_of(kiosk).good and kiosk.ledger.pending > 0
    assert "video" in kiosk.film.problem, "4 MB are too few for a video"
    filler.unlink()
    kiosk.loop.command("stop")
    assert until(lambda: board()["phase"] == "finished" and board()["problem"] == "")
    detail = kiosk.ledger.results.attempt(uuid.UUID(board()["attempt"]))
    assert [r.number for r in detail.repetitions] == [r["number"] for r in board()["reps"]]
    assert (detail.attempt.score, detail.attempt.ended) == (board()["count"], "stopped")
    kiosk.close()


def test_a_clock_that_is_set_back_an_hour_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In mid-attempt, and between two: order, count and times of repetitions stay."""
    wall = [datetime(2026, 5, 4, 10, 30, tzinfo=timezone.utc)]
    kiosk = fake_kiosk(tmp_path, FakeCamera(), monkeypatch.setattr, right_clocks(lambda: wall[0]))
    mat = lambda: kiosk.page_state.snapshot()["mats"][0]  # noqa: E731

    def attempt(setting_back: timedelta) -> str:
        kiosk.loop.command("start")
        assert until(lambda: mat()["phase"] == "running" and mat()["count"] >= 1)
        wall[0] -= setting_back
        count = mat()["count"]
        assert until(lambda: mat()["count"] >= count + 2)
        kiosk.loop.command("stop")
        assert until(lambda: mat()["phase"] == "finished")
        return str(mat()["attempt"])

    first, second = attempt(timedelta(hours=1)), attempt(timedelta(0))
    newest, oldest = kiosk.ledger.results.attempts()
    assert [str(newest.id), str(oldest.id)] == [second, first]
    assert newest.started_utc < oldest.started_utc, "as the wrong clock said"
    for one in (newest, oldest):
        reps = kiosk.ledger.results.attempt(one.id).repetitions
        ends = [rep.end_s for rep in reps]
        assert one.counted == len(reps) >= 3 and ends == sorted(ends) and ends[-1] < 600
    assert kiosk.ledger.check() == []
    kiosk.close()


@pytest.mark.slow
def test_a_long_day_in_short_leaves_nothing_behind(tmp_path: Path) -> None:
    """docs/results/kiosk.md has a long one."""
    script = Path(__file__).with_name("longrun.py")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(script), "--fake", "--minutes", "0.4", "--attempt", "0.5"]
    done = subprocess.run(
        [*command, "--share", "0.05", "--out", str(tmp_path / "samples.csv")], env=environment,
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with (tmp_path / "samples.csv").open() as file:
        samples = list(csv.DictReader(file))
    assert len(samples) >= 4 and int(samples[-1]["videos"]) > 0


@pytest.mark.slow
def test_what_was_shown_survives_a_kill(tmp_path: Path) -> None:
    """EDGE_REPS_KILLS=50 for the long run."""
    script = Path(__file__).with_name("killing.py")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(KILLS)], env=environment,
        capture_output=True, text=True, timeout=60 + 20 * KILLS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert f"{KILLS} kills" in done.stdout
