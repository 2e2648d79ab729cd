"""Videos of attempts: what is in them, what is not, and when they go."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path
from typing import Iterator

import cv2
import numpy as np
import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.errors import InputError
from edge_app.kiosk.kiosk import Kiosk
from edge_app.kiosk.videos import FPS, VideoMaker, Videos
from edge_app.ledger.roster import by_hand
from edge_app.values import Pose
from tests.kiosk.fakes import FakeCamera, fake_kiosk, until


@pytest.fixture
def videos(tmp_path: Path) -> Videos:
    return Videos(tmp_path / "videos")


@pytest.fixture
def maker(videos: Videos) -> Iterator[VideoMaker]:
    maker = VideoMaker(videos, lambda: True, masked=False)
    yield maker
    maker.close()


def noise(seed: int = 0, height: int = 480, width: int = 640) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


def film(maker: VideoMaker, times: list[float]) -> uuid.UUID:
    """One picture at each time, its brightness 50 a second; none is left out."""
    attempt = uuid.uuid4()
    for t_s in times:
        picture = np.full((120, 160, 3), int(50 * t_s), np.uint8)
        maker.frame(attempt, picture, Pose.nobody(t_s), t_s)
        assert until(lambda: maker._queue.qsize() == 0)
    maker.end(attempt)
    return attempt


def pictures(path: Path) -> list[np.ndarray]:
    capture, found = cv2.VideoCapture(str(path)), []
    while True:
        ok, image = capture.read()
        if not ok:
            return found
        found.append(image)


def test_a_video_runs_at_the_attempts_own_time(videos: Videos, maker: VideoMaker) -> None:
    """A fifth of a second without pictures is filled with the last one."""
    times = [n / 25 for n in range(50)] + [n / 25 for n in range(55, 100)]
    attempt = film(maker, times)
    maker.close()
    shown = pictures(videos.path(attempt))
    assert len(shown) == pytest.approx(4 * FPS, abs=1)
    for number in range(5, 40, 5):
        assert shown[number].mean() == pytest.approx(50 * number / FPS, abs=15)
    assert videos.path(attempt).stat().st_mode & 0o077 == 0, "nobody else may read it"


def test_a_video_that_breaks_off_can_be_played(videos: Videos, maker: VideoMaker) -> None:
    """The file is copied while it is written, as if the power had gone."""
    attempt = uuid.uuid4()
    for number in range(200):
        maker.frame(attempt, noise(number, 120, 160), Pose.nobody(0), number / FPS)
        assert until(lambda: maker._queue.qsize() == 0)
    assert until(lambda: videos.path(attempt).stat().st_size > 50_000)
    broken = videos.folder / "broken.mp4"
    broken.write_bytes(videos.path(attempt).read_bytes())
    assert len(pictures(broken)) > 20


def test_who_counts_does_not_wait_for_the_video(maker: VideoMaker) -> None:
    attempt, picture = uuid.uuid4(), noise(0, 720, 1280)
    for number in range(2000):
        maker.frame(attempt, picture, Pose.nobody(0), number / 25)
    assert maker._queue.qsize() <= 4


@pytest.mark.parametrize("room", [True, False])
def test_results_come_before_videos(videos: Videos, room: bool) -> None:
    maker = VideoMaker(videos, lambda: room)
    attempt = film(maker, [0.0, 0.1, 0.2])
    maker.close()
    assert videos.has(attempt) == room
    assert ("nearly full" in maker.problem) == (not room)


def test_a_video_that_cannot_be_written_is_said_and_the_next_one_is_tried(tmp_path: Path) -> None:
    (tmp_path / "videos").write_text("a file where the folder should be")
    maker = VideoMaker(Videos(tmp_path / "videos"), lambda: True)
    film(maker, [0.0, 0.1])
    assert until(lambda: "could not be stored" in maker.problem)
    (tmp_path / "videos").unlink()
    attempt = film(maker, [0.0, 0.1])
    maker.close()
    assert maker.problem == "" and Videos(tmp_path / "videos").has(attempt)


def test_a_full_disk_is_said_and_the_thread_lives(
    videos: Videos, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise InputError("cannot write a.mp4: No space left on device")

    maker = VideoMaker(videos, lambda: True)
    with monkeypatch.context() as broken:
        broken.setattr("edge_app.kiosk.videos.H264Writer", full)
        film(maker, [0.0])
        assert until(lambda: "the disk may be full" in maker.problem)
    attempt = film(maker, [0.0, 0.1])
    maker.close()
    assert maker.problem == "" and videos.has(attempt)


def test_what_was_filmed_under_the_veil_stays_under_it(videos: Videos) -> None:
    """The teacher lifts it while the last pictures still wait."""
    go_on = threading.Event()
    maker = VideoMaker(videos, go_on.wait)
    attempt = uuid.uuid4()
    for number in range(3):
        maker.frame(attempt, noise(), Pose.nobody(0.0), number / FPS)
    maker.masked = False
    go_on.set()
    maker.end(attempt)
    maker.close()
    shown = pictures(videos.path(attempt))
    assert len(shown) == 3 and max(picture.std() for picture in shown) < 0.5 * noise().std()


def test_other_files_in_the_folder_are_left_alone(videos: Videos) -> None:
    videos.folder.mkdir()
    attempts = sorted((uuid.uuid4(), uuid.uuid4()))
    for attempt in attempts:
        videos.path(attempt).write_bytes(b"film")
    (videos.folder / "holiday.mp4").write_bytes(b"not ours")
    assert videos.attempts() == attempts
    assert videos.forget(lambda one: one == attempts[0]) == 1
    assert not videos.has(attempts[0]) and videos.has(attempts[1])
    assert (videos.folder / "holiday.mp4").exists()


def test_nobody_else_reads_what_others_made_readable(videos: Videos) -> None:
    videos.make_private()  # there is no folder yet
    videos.folder.mkdir()
    path = videos.path(uuid.uuid4())
    path.write_bytes(b"film")
    path.chmod(0o644)
    videos.folder.chmod(0o755)
    videos.make_private()
    assert path.stat().st_mode & 0o777 == 0o600 and videos.folder.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def filming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    kiosk = fake_kiosk(tmp_path, FakeCamera(live=True), monkeypatch.setattr, video="veiled")
    yield kiosk
    kiosk.close()


def test_an_attempt_is_filmed_served_and_deleted_with_its_student(filming: Kiosk) -> None:
    pytest.importorskip("httpx", reason="needs the browser extra")
    from fastapi.testclient import TestClient

    from edge_app.kiosk.app import create_app

    student = by_hand("Ada", "Adams")
    filming.ledger.roster.put([student])
    filming.loop.student({"id": str(student.id), "class_id": None, "name": "Ada"})
    filming.loop.command("start")
    assert until(lambda: filming.page_state.snapshot()["mats"][0]["count"] >= 1)
    filming.loop.command("stop")
    with TestClient(create_app(filming), headers={"X-Reps": "1"}) as client:
        client.post("/api/pin", json={"new": "2468"})
        (row,) = client.get("/api/attempts").json()
        attempt = uuid.UUID(row["id"])
        assert row["video"] and client.get("/api/station").json()["video"] == "veiled"
        assert until(lambda: filming.videos.path(attempt).stat().st_size > 1000)
        part = client.get(f"/api/attempts/{attempt}/video", headers={"Range": "bytes=4-7"})
        assert part.content == b"ftyp"
        filming.retention.look()
        assert filming.videos.has(attempt)
        filming.ledger.roster.erase(student.id)
        filming.retention._due_s = 0.0
        filming.retention.look()
        assert not filming.videos.has(attempt), "a name that is erased takes its video along"
        assert client.delete(f"/api/attempts/{attempt}/video").status_code == 404
        assert client.get(f"/api/attempts/{attempt}/video").status_code == 404


def test_without_the_teachers_word_nothing_is_filmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = fake_kiosk(tmp_path, FakeCamera(), monkeypatch.setattr)
    kiosk.loop.command("start")
    assert until(lambda: kiosk.page_state.snapshot()["mats"][0]["count"] >= 1)
    kiosk.close()
    assert not (tmp_path / "videos").exists()
