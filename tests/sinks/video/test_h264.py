"""H.264 files: times, sizes, names, an unfinished file, a full disk."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from edge_app.camera.decoder import Decoder, Picture
from edge_app.errors import InputError
from edge_app.sinks.video.h264 import FRAGMENTED, H264Writer
from tests.clips import picture


def write(path: Path, times_s: list[float], height: int = 64, width: int = 96) -> None:
    writer = H264Writer(path, 20.0, crf=23)
    for number, t_s in enumerate(times_s):
        writer.add(picture(number, height, width), t_s)
    writer.close()


def pictures(path: Path) -> list[Picture]:
    with closing(Decoder(path)) as decoder:
        return list(decoder)


def test_pictures_keep_their_times(tmp_path: Path) -> None:
    times = [0.0, 0.05, 0.1, 0.4, 0.45]
    write(tmp_path / "a.mp4", times)
    np.testing.assert_allclose([p.t_s for p in pictures(tmp_path / "a.mp4")], times, atol=1e-4)


def test_equal_times_do_not_stop_it(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", [0.0, 0.0, 0.1])
    assert len(pictures(tmp_path / "a.mp4")) == 3


def test_odd_sizes_are_made_even_and_nothing_is_cut(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", [0.0, 0.1], 63, 95)
    shown = pictures(tmp_path / "a.mp4")[0].image
    assert shown.shape == (64, 96, 3)
    np.testing.assert_allclose(
        shown[:63, :95].astype(int).mean((0, 1)), picture(0, 63, 95).mean((0, 1)), atol=6
    )


def test_a_name_with_a_colon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("10:30 %03d.mp4"), [0.0, 0.1])
    assert (tmp_path / "10:30 %03d.mp4").stat().st_size > 0


def test_a_fragmented_file_plays_though_it_was_never_finished(tmp_path: Path) -> None:
    writer = H264Writer(tmp_path / "a.mp4", 20.0, 23, FRAGMENTED, options={"g": "10"})
    for number in range(120):
        writer.add(picture(number), number / 20)
    (tmp_path / "power-cut.mp4").write_bytes((tmp_path / "a.mp4").read_bytes())
    writer.close()
    assert len(pictures(tmp_path / "power-cut.mp4")) > 20


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot write"):
        write(tmp_path / "none" / "a.mp4", [0.0, 0.1])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to("/dev/full")
    with pytest.raises(InputError, match=r"cannot write .*: No space left on device"):
        write(tmp_path / "a.mp4", [n / 20 for n in range(200)])
