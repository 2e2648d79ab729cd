"""Video files as a source of frames."""

from __future__ import annotations

import subprocess
from pathlib import Path

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from edge_app.camera.file import FileSource
from edge_app.errors import InputError


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


def test_all_frames_come_in_order_with_the_files_own_times(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4")
    with FileSource(clip) as source:
        frames = list(source)
    assert (source.height, source.width, source.frame_count) == (64, 96, 40)
    assert [f.index for f in frames] == list(range(40))
    np.testing.assert_allclose([f.t_s for f in frames], np.arange(40) / 20, atol=1e-3)
    bright = [int(f.image.mean((0, 2)).argmax()) for f in frames[:35]]
    assert all(b >= a for a, b in zip(bright, bright[1:]))


@pytest.mark.parametrize("name", ["a.avi", "a.webm", "a.mkv"])
def test_other_containers_have_rising_times(tmp_path: Path, name: str) -> None:
    codec = ["-c:v", "libvpx", "-b:v", "200k"] if name.endswith("webm") else ["-c:v", "mpeg4"]
    with FileSource(write_clip(tmp_path / name, 30, 15.0, *codec)) as source:
        times = [f.t_s for f in source]
    assert len(times) == 30 and (np.diff(times) > 0).all()
    assert times[-1] == pytest.approx(29 / 15, abs=0.1)


def test_a_gif_can_be_read(tmp_path: Path) -> None:
    with FileSource(write_clip(tmp_path / "a.gif", 20, 10.0, "-c:v", "gif")) as source:
        assert len(list(source)) == 20


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        FileSource(tmp_path / "none.mp4")


def test_a_file_that_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "text.mp4"
    path.write_text("not a video " * 100)
    with pytest.raises(InputError, match=r"text\.mp4 is not a video"):
        FileSource(path)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(InputError, match="is not a video"):
        FileSource(tmp_path / "empty.mp4")


def test_a_file_that_breaks_off_is_told_apart_from_one_that_ends(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.mp4", 200, 20.0, "-movflags", "+faststart")
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) * 6 // 10])
    with pytest.raises(InputError, match="breaks off"), FileSource(cut) as source:
        for _ in source:
            pass


def test_leaving_early_stops_the_reader(tmp_path: Path) -> None:
    source = FileSource(write_clip(tmp_path / "a.mp4", 100))
    with source:
        next(iter(source))
    assert not source._thread.is_alive()


def test_rotation_tags_are_applied(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4")
    turned = tmp_path / "turned.mp4"
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    command = [ffmpeg, "-v", "error", "-display_rotation", "90", "-i", clip, "-c", "copy", turned]
    subprocess.run(command, check=True)
    with FileSource(turned) as source:
        assert (source.height, source.width) == (96, 64)
        assert cv2.mean(next(iter(source)).image)[0] > 0
