"""Video files as a source of frames, and as a camera."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.camera.clip import ClipCapture, ClipSource
from edge_app.camera.live import LiveCamera
from edge_app.camera.orientation import Orientation
from edge_app.camera.pace import Pace
from edge_app.errors import InputError
from tests.camera.clocks import FakeTime
from tests.clips import write_clip


def cut_clip(folder: Path) -> Path:
    """A clip of which the end is missing."""
    first = {"movflags": "+faststart"}
    data = write_clip(folder / "whole.mp4", 200, container=first).read_bytes()
    cut = folder / "cut.mp4"
    cut.write_bytes(data[: len(data) * 6 // 10])
    return cut


def test_all_frames_come_in_order_with_the_files_own_times(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4")
    with ClipSource(clip) as source:
        frames = list(source)
    assert (source.height, source.width, source.frame_count) == (64, 96, 40)
    assert [f.index for f in frames] == list(range(40))
    np.testing.assert_allclose([f.t_s for f in frames], np.arange(40) / 20, atol=1e-3)
    bright = [np.flatnonzero(f.image.mean((0, 2)) > 120).mean() for f in frames[:35]]
    np.testing.assert_allclose(np.diff(bright), 2, atol=1)


UNEVEN_S = np.concatenate(
    [np.arange(40) / 20, 2 + np.arange(10) / 5]
)  # forty at 20 a second, then ten at 5


def test_a_clip_of_uneven_rate_has_the_same_times_in_the_kiosk(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "uneven.mp4", UNEVEN_S)
    with ClipSource(clip) as source:
        np.testing.assert_allclose([f.t_s for f in source], UNEVEN_S, atol=1e-3)
    camera = LiveCamera(lambda: ClipCapture(clip, "every"))
    times, last = [], -1
    while (frame := camera.newest(last, 1.0)) is not None:
        times.append(frame.t_s)
        last = frame.index
    camera.close()
    np.testing.assert_allclose(np.array(times) - times[0], UNEVEN_S, atol=1e-3)


def test_a_clip_of_uneven_rate_is_shown_at_its_own_speed(tmp_path: Path) -> None:
    clip, time = write_clip(tmp_path / "uneven.mp4", UNEVEN_S), FakeTime()
    capture = ClipCapture(clip, "", Pace(time.clock, time.sleep))
    shots, shown_s = [], []
    for _ in range(60):
        shots.append(capture.read())
        shown_s.append(time.now_s - 100)
    capture.close()
    times = [s.t_s for s in shots if s is not None and s.t_s is not None]
    np.testing.assert_allclose(times[:50], UNEVEN_S, atol=1e-3)
    np.testing.assert_allclose(shown_s, times, atol=1e-6)
    assert (np.diff(times) > 0).all() and len(times) == 60
    assert times[59] - times[50] == pytest.approx(9 / 20, abs=1e-3), "it begins again"


def test_a_clip_runs_at_its_own_speed_and_ends_or_begins_again(data: Path) -> None:
    time = FakeTime()
    clip = ClipCapture(data / "push-up.mp4", "once", Pace(time.clock, time.sleep))
    read = 0
    while clip.read() is not None:
        read += 1
    clip.close()
    assert read == 354
    assert time.now_s - 100 == pytest.approx(353 / 25, abs=1e-6)
    again = ClipCapture(data / "push-up.mp4", "", Pace(time.clock, time.sleep))
    assert all(again.read() is not None for _ in range(360))
    again.close()


def test_a_clip_that_breaks_off_is_played_as_far_as_it_goes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    capture = ClipCapture(cut_clip(tmp_path), "every")
    shots = list(iter(capture.read, None))
    capture.close()
    assert 50 < len(shots) < 200
    assert "cut.mp4: it breaks off: the last" in caplog.text


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        ClipSource(tmp_path / "none.mp4")


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    with ClipSource(cut_clip(tmp_path)) as source:
        frames = list(source)
    assert 50 < len(frames) < 200
    assert source.damage.startswith("it breaks off: the last")


def test_a_file_that_ends_is_not_damaged(tmp_path: Path) -> None:
    with ClipSource(write_clip(tmp_path / "a.mp4")) as source:
        assert len(list(source)) == 40
    assert source.damage == ""


def test_a_camera_does_not_wait_for_hours_because_a_clock_was_set(tmp_path: Path) -> None:
    clip, time = write_clip(tmp_path / "a.mkv", [0, 0.05, 0.1, 93600.0, 93600.05]), FakeTime()
    capture = ClipCapture(clip, "once", Pace(time.clock, time.sleep))
    assert len(list(iter(capture.read, None))) == 5
    capture.close()
    assert time.now_s - 100 < 11


def test_leaving_early_stops_the_reader(tmp_path: Path) -> None:
    source = ClipSource(write_clip(tmp_path / "a.mp4", 100))
    with source:
        next(iter(source))
    assert not source._thread.is_alive()


def test_the_picture_is_turned_as_asked_for(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4")
    with ClipSource(clip) as upright, ClipSource(clip, Orientation(90)) as turned:
        assert (turned.height, turned.width) == (96, 64)
        one, other = next(iter(upright)).image, next(iter(turned)).image
    np.testing.assert_array_equal(np.rot90(one, -1), other)
