"""Choices, settings, PIN and pictures, each alone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.camera.contract import Shot
from edge_app.camera.live import LiveCamera
from edge_app.errors import InputError
from edge_app.kiosk.choices import Choices, save_choices
from edge_app.kiosk.pictures import PictureMaker, pack, points
from edge_app.kiosk.pin import FREE_TRIES, Pins, TooManyTries
from edge_app.values import Pose

DEFAULT = Choices(camera="usb:")


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    with pytest.raises(InputError, match="they last until the restart"):
        save_choices(tmp_path / "file" / "choices.json", DEFAULT)
    with pytest.raises(InputError, match="cannot store the PIN"):
        Pins(tmp_path / "file" / "pin.json").set("2468")


class FakeClock:
    """Seconds that only the test moves."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_wrong_pins_wait_longer_each_time_and_only_where_they_came_from(tmp_path: Path) -> None:
    clock = FakeClock()
    pins = Pins(tmp_path / "pin.json", clock)
    pins.set("2468")
    waits = []
    for _ in range(3):
        for _ in range(FREE_TRIES if not waits else 1):
            assert pins.log_in("0000", "10.0.0.9") == ""
        with pytest.raises(TooManyTries) as locked:
            pins.log_in("2468", "10.0.0.9")
        waits.append(locked.value.wait_s)
        clock.now_s += locked.value.wait_s
    assert waits == [30, 60, 120]
    assert pins.log_in("2468", "10.0.0.1"), "another address is not locked"
    assert pins.log_in("2468", "10.0.0.9"), "and after the wait this one is not either"


def test_a_session_ends_by_time_and_with_the_pin(tmp_path: Path) -> None:
    clock = FakeClock()
    pins = Pins(tmp_path / "pin.json", clock)
    pins.set("2468")
    key = pins.log_in("2468", "here")
    assert pins.knows(key) and not pins.knows("") and not pins.knows(None)
    clock.now_s += 13 * 3600
    assert not pins.knows(key)
    key = pins.log_in("2468", "here")
    pins.set("1357")
    assert not pins.knows(key)


def test_the_pin_is_no_text_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "pin.json"
    Pins(path).set("2468")
    assert "2468" not in path.read_text() and "argon2id" in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="4 to 64"):
        Pins(path).set("123")


def test_a_broken_pin_file_lets_nobody_in(tmp_path: Path) -> None:
    path = tmp_path / "pin.json"
    path.write_text("{}")
    assert Pins(path).log_in("2468", "here") == ""


def test_a_picture_is_made_smaller() -> None:
    message = pack(np.full((720, 1280, 3), 90, np.uint8), 7, 640)
    length = int.from_bytes(message[:2], "big")
    head = json.loads(message[2 : 2 + length])
    assert head == {"i": 7, "w": 640, "h": 360}
    jpeg = cv2.imdecode(np.frombuffer(message[2 + length :], np.uint8), cv2.IMREAD_COLOR)
    assert jpeg.shape == (360, 640, 3)


def test_a_pose_travels_as_shares_of_the_picture() -> None:
    pose = Pose(np.full((18, 2), (640, 180), np.float32), np.ones(18, np.float32), 0.0)
    assert points(pose, (720, 1280))[:3] == [0.5, 0.25, 1.0]
    assert points(Pose.nobody(0.0), (720, 1280)) == []


def test_pictures_come_at_their_own_pace_while_somebody_looks() -> None:
    """The camera gives 100 a second, 20 are wanted, and nobody counts."""
    camera = LiveCamera(Noise)
    sent: list[bytes] = []
    looking = [0]
    maker = PictureMaker(camera.look, sent.append, lambda: looking[0], 20.0, 160)
    try:
        time.sleep(0.3)
        assert sent == [], "nobody looks"
        looking[0] = 1
        maker.again()
        time.sleep(2.0)
        assert 15 * 2 <= len(sent) <= 24 * 2
        assert camera.health().dropped == 0, "who only looks takes nothing"
    finally:
        maker.close()
        camera.close()


class Noise:
    """A camera of a hundred pictures a second."""

    live, every = True, False

    def read(self) -> Shot:
        time.sleep(0.01)
        return Shot(np.random.default_rng().integers(0, 255, (90, 160, 3), np.uint8))

    def close(self) -> None:
        """Nothing is held."""
