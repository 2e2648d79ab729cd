"""Video files as a source of frames, and as a camera."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from edge_app.camera.clip import ClipCapture, ClipSource
from edge_app.camera.live import LiveCamera
from edge_app.camera.pace import Pace
from edge_app.errors import InputError
from tests.camera.clocks import FakeTime


def write_clip(path: Path, frames: int = 40, fps: float = 20.0, *options: str) -> Path:
    writer = imageio_ffmpeg.write_frames(
        str(path), (96, 64), fps=fps, macro_block_size=2, output_params=list(options)
    )
    writer.send(None)
    for number in range(frames):
        image = np.random.default_rng(number).integers(0, 60, (64, 96, 3), np.uint8)
        image[:, 2 * number : 2 * number + 8] = 220
        writer.send(image.tobytes())
    writer.close()
    return path


def cut_clip(folder: Path) -> Path:
    """A clip of which the end is missing."""
    data = write_clip(folder / "whole.mp4", 200, 20.0, "-movflags", "+faststart").read_bytes()
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
    bright = [int(f.image.mean((0, 2)).argmax()) for f in frames[:35]]
    assert all(b >= a for a, b in zip(bright, bright[1:]))


def write_uneven_clip(path: Path) -> Path:
    """Forty frames at 20 a second, then ten at 5 a second."""
    even = write_clip(path.with_name("even.mp4"), 50, 20.0)
    stretch = "setpts='if(lt(N,40),N/20,2+(N-40)/5)/TB'"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", even, "-vf", stretch]
    subprocess.run([*command, path], check=True)
    return path


UNEVEN_S = np.concatenate([np.arange(40) / 20, 2 + np.arange(10) / 5])


def test_a_clip_of_uneven_rate_has_the_same_times_in_the_kiosk(tmp_path: Path) -> None:
    clip = write_uneven_clip(tmp_path / "uneven.mp4")
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
    clip, time = write_uneven_clip(tmp_path / "uneven.mp4"), FakeTime()
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
    assert "is cut off" in caplog.text


@pytest.mark.parametrize("name", ["a.avi", "a.webm", "a.mkv"])
def test_other_containers_have_rising_times(tmp_path: Path, name: str) -> None:
    codec = ["-c:v", "libvpx", "-b:v", "200k"] if name.endswith("webm") else ["-c:v", "mpeg4"]
    with ClipSource(write_clip(tmp_path / name, 30, 15.0, *codec)) as source:
        times = [f.t_s for f in source]
    assert len(times) == 30 and (np.diff(times) > 0).all()
    assert times[-1] == pytest.approx(29 / 15, abs=0.1)


def test_a_gif_can_be_read(tmp_path: Path) -> None:
    with ClipSource(write_clip(tmp_path / "a.gif", 20, 10.0, "-c:v", "gif")) as source:
        assert len(list(source)) == 20


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        ClipSource(tmp_path / "none.mp4")


def test_a_file_that_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("not a video " * 100)
    with pytest.raises(InputError, match=r"text\.mp4: not a video"):
        ClipSource(path)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(InputError, match="not a video"):
        ClipSource(tmp_path / "empty.mp4")


def test_a_file_that_breaks_off_is_told_apart_from_one_that_ends(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is cut off"), ClipSource(cut_clip(tmp_path)) as source:
        for _ in source:
            pass


def test_leaving_early_stops_the_reader(tmp_path: Path) -> None:
    source = ClipSource(write_clip(tmp_path / "a.mp4", 100))
    with source:
        next(iter(source))
    assert not source._thread.is_alive()


def test_rotation_tags_are_applied(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4")
    turned = tmp_path / "turned.mp4"
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    command = [ffmpeg, "-v", "error", "-display_rotation", "90", "-i", clip, "-c", "copy", turned]
    subprocess.run(command, check=True)
    with ClipSource(turned) as source:
        assert (source.height, source.width) == (96, 64)
        assert cv2.mean(next(iter(source)).image)[0] > 0
