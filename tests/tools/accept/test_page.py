"""The page without a browser gets the poses and pictures of the kiosk's own hub."""

from __future__ import annotations

import threading
import time

import numpy as np

from edge_app.tools.accept.page import Page
from edge_app.values import Frame, Pose


def test_poses_and_pictures_come_out_with_their_frames_number() -> None:
    frame = Frame(np.zeros((48, 64, 3), np.uint8), time.monotonic(), 7)
    page = Page(lambda last, timeout_s: None if last is frame else frame)
    try:
        ends_s = time.monotonic() + 20
        while not (page.poses_s and page.pictures_s) and time.monotonic() < ends_s:
            page.show(frame, Pose.nobody(frame.t_s))
            time.sleep(0.01)
    finally:
        page.close()
    assert list(page.poses_s) == list(page.pictures_s) == [7]
    assert page.poses_s[7] > frame.t_s and page.pictures_s[7] > frame.t_s
    assert not [t for t in threading.enumerate() if t.name in ("page", "pictures")]
