"""The live picture: its size, its pace, and the pose that is drawn over it."""

from __future__ import annotations

import json
import time

import cv2
import numpy as np
import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.camera.contract import Shot
from edge_app.camera.live import LiveCamera
from edge_app.kiosk.pictures import PictureMaker, pack, points
from edge_app.values import Pose


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
