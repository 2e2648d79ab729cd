"""Cameras that fail in every way a camera in a gym does."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Callable, Iterator

import numpy as np
import pytest

from edge_app.camera.contract import Shot
from edge_app.camera.live import ABANDONED, LiveCamera
from edge_app.errors import InputError

NOISE = np.random.default_rng(0).integers(0, 255, (40, 32, 32, 3), np.uint8)


class FakeCapture:
    """Gives what a list of things says: a picture, None for the end, or a wait.

    With `step_s` the pictures have times of their own, and every one is wanted.
    """

    def __init__(
        self, pictures: Iterator[np.ndarray | None], live: bool = True, step_s: float = 0.0
    ) -> None:
        self.live, self.every, self._pictures, self.closed = live, step_s > 0, pictures, False
        self._step_s, self._count = step_s, itertools.count()

    def read(self) -> Shot | None:
        time.sleep(0.005)
        image = next(self._pictures, None)
        if image is None:
            return None
        return Shot(image, next(self._count) * self._step_s if self._step_s else None)

    def close(self) -> None:
        self.closed = True


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def good(count: int | None = None) -> Iterator[np.ndarray]:
    return itertools.islice(itertools.cycle(NOISE), count)


@pytest.fixture
def opened() -> Iterator[Callable[..., LiveCamera]]:
    cameras = []

    def opener(open_it: Callable[[], FakeCapture]) -> LiveCamera:
        cameras.append(LiveCamera(open_it, stale_s=0.2, frozen_s=0.2, first_wait_s=0.02))
        return cameras[-1]

    yield opener
    for camera in cameras:
        camera.close()


def test_the_newest_picture_is_kept_and_what_nobody_took_is_counted(
    opened: Callable[..., LiveCamera],
) -> None:
    camera = opened(lambda: FakeCapture(good()))
    first = camera.newest(-1, 2.0)
    assert first is not None
    assert until(lambda: camera.health().frames > first.index + 10)
    later = camera.newest(first.index, 2.0)
    assert later is not None and later.index >= first.index + 10 and later.t_s > first.t_s
    assert camera.health().dropped >= later.index - first.index - 1
    assert camera.newest(10**9, 0.01) is None


def test_an_unplugged_camera_is_noticed_and_opened_again(opened: Callable[..., LiveCamera]) -> None:
    captures = [FakeCapture(good(5)), None, None, FakeCapture(good())]
    given = iter(captures)

    def open_it() -> FakeCapture:
        capture = next(given)
        if capture is None:
            raise InputError("no USB camera at /dev/video0")
        return capture

    camera = opened(open_it)
    assert until(lambda: camera.health().state == "gone")
    assert until(lambda: camera.health().message == "no USB camera at /dev/video0")
    assert until(lambda: camera.health().good)
    assert camera.health().opened == 2
    assert captures[0] is not None and captures[0].closed
    frame = camera.newest(4, 2.0)  # indices go on: nobody downstream sees a restart
    assert frame is not None and frame.index >= 5


def test_a_frozen_camera_is_noticed_and_a_still_clip_is_not(
    opened: Callable[..., LiveCamera],
) -> None:
    frozen = opened(lambda: FakeCapture(itertools.repeat(NOISE[0])))
    still = opened(lambda: FakeCapture(itertools.repeat(NOISE[0]), live=False))
    assert until(lambda: frozen.health().state == "frozen")
    time.sleep(0.4)
    assert still.health().good and still.health().opened == 1


def test_a_camera_that_says_nothing_is_stale_within_its_time(
    opened: Callable[..., LiveCamera],
) -> None:
    hang = threading.Event()

    def pictures() -> Iterator[np.ndarray]:
        yield from good(5)
        hang.wait(10)
        yield from good()

    stream = pictures()
    camera = opened(lambda: FakeCapture(stream))
    assert until(lambda: camera.health().frames == 5)
    begun_s = time.monotonic()
    assert until(lambda: camera.health().state == "stale")
    assert time.monotonic() - begun_s < 0.5
    hang.set()
    assert until(lambda: camera.health().good)


def test_a_reader_that_hangs_is_replaced(
    opened: Callable[..., LiveCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_app.camera.live.OPENING_S", 0.1)
    monkeypatch.setattr("edge_app.camera.live.LONGEST_WAIT_S", 0.1)
    hang = threading.Event()
    calls = itertools.count()

    def open_it() -> FakeCapture:
        if next(calls) == 0:
            hang.wait(10)  # inside the driver
        return FakeCapture(good())

    camera = opened(open_it)
    assert until(lambda: camera.health().good)
    frames = camera.health().frames
    hang.set()  # the first one wakes up: it must not disturb the second
    assert until(lambda: camera.health().frames > frames + 5)
    assert camera.health().good


def test_a_driver_that_hangs_now_and_then_is_never_given_up(
    opened: Callable[..., LiveCamera], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A station runs for months: only readers that hang at the same time count."""
    monkeypatch.setattr("edge_app.camera.live.OPENING_S", 0.05)
    monkeypatch.setattr("edge_app.camera.live.LONGEST_WAIT_S", 0.05)
    hangs: list[threading.Event] = []

    def open_it() -> FakeCapture:
        hangs.append(threading.Event())
        if len(hangs) <= ABANDONED + 2:
            hangs[-1].wait(10)  # inside the driver
        return FakeCapture(good())

    camera = opened(open_it)
    for number in range(ABANDONED + 2):
        assert until(lambda number=number: bool(camera.health()) and len(hangs) > number + 1)
        hangs[number].set()  # the driver comes to itself, but its reader was replaced
    assert until(lambda: camera.health().good)


def test_a_clip_that_ends_is_not_opened_again(opened: Callable[..., LiveCamera]) -> None:
    camera = opened(lambda: FakeCapture(good(5), live=False))
    assert until(lambda: camera.health().state == "ended")
    time.sleep(0.1)
    assert camera.health().opened == 1


def test_a_clip_of_which_every_picture_is_wanted_waits_for_its_reader(
    opened: Callable[..., LiveCamera],
) -> None:
    camera = opened(lambda: FakeCapture(good(20), live=False, step_s=0.04))
    frames, last = [], -1
    while (frame := camera.newest(last, 0.5)) is not None:
        frames.append(frame)
        last = frame.index
        time.sleep(0.02)  # slower than the clip
    assert [f.index for f in frames] == list(range(20))
    assert frames[-1].t_s - frames[0].t_s == pytest.approx(19 * 0.04)
    assert camera.health().dropped == 0


def test_who_only_looks_takes_nothing(opened: Callable[..., LiveCamera]) -> None:
    camera = opened(lambda: FakeCapture(good()))
    first = camera.look(None, 2.0)
    assert first is not None
    later = camera.look(first, 2.0)
    assert later is not None and later is not first
    assert camera.health().dropped == 0
    still = opened(lambda: FakeCapture(good(1), live=False))
    only = still.look(None, 2.0)
    assert only is not None and still.look(only, 0.05) is None


def test_a_picture_that_nobody_took_waits_although_somebody_looks(
    opened: Callable[..., LiveCamera],
) -> None:
    """A clip of which every picture is counted goes on when it was counted, not when shown."""
    camera = opened(lambda: FakeCapture(good(), live=False, step_s=0.04))
    seen = camera.look(None, 2.0)
    assert seen is not None and camera.look(seen, 0.2) is None
    assert camera.newest(-1, 2.0) is seen
    assert camera.look(seen, 2.0) is not None


def test_a_clip_whose_pictures_are_taken_slowly_is_no_lost_camera(
    opened: Callable[..., LiveCamera],
) -> None:
    """A network on a busy machine may take longer than a camera may be silent."""
    camera = opened(lambda: FakeCapture(good(), live=False, step_s=0.04))
    after = -1
    for _ in range(3):
        frame = camera.newest(after, 2.0)
        assert frame is not None
        after = frame.index
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            assert camera.health().state == "good"
            time.sleep(0.02)
    assert camera.health().opened == 1


def test_a_camera_that_fails_while_it_is_read_says_why(opened: Callable[..., LiveCamera]) -> None:
    class Broken(FakeCapture):
        def read(self) -> Shot | None:
            raise InputError("the clip was deleted")

    captures = []

    def open_it() -> FakeCapture:
        captures.append(Broken(good()))
        return captures[-1]

    camera = opened(open_it)
    assert until(lambda: camera.health().message == "the clip was deleted")
    assert until(lambda: captures[0].closed)


def test_a_pictures_own_time_goes_before_the_clock(opened: Callable[..., LiveCamera]) -> None:
    class Uneven(FakeCapture):
        def read(self) -> Shot | None:
            shot = super().read()
            return shot and shot._replace(t_s=(shot.t_s or 0.0) ** 2)

    camera = opened(lambda: Uneven(good(6), live=False, step_s=1.0))
    times, last = [], -1
    while (frame := camera.newest(last, 0.5)) is not None:
        times.append(frame.t_s)
        last = frame.index
    np.testing.assert_allclose(np.array(times) - times[0], [0, 1, 4, 9, 16, 25])
