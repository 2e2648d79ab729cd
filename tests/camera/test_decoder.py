"""Clips as phones, recorders and browsers write them, and as a bad card leaves them."""

from __future__ import annotations

import struct
import subprocess
import sys
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.camera.decoder import Decoder
from edge_app.errors import InputError
from tests.clips import box, write_clip

UNEVEN_S = np.concatenate([np.arange(20) / 20, 1 + np.arange(10) / 5])
FIRST = {"movflags": "+faststart"}


def read(path: Path) -> tuple[list[float], str, tuple[int, ...]]:
    """Times, damage and shape of the pictures."""
    with closing(Decoder(path)) as decoder:
        pictures = list(decoder)
    return [p.t_s for p in pictures], decoder.damage, pictures[-1].image.shape


def first(path: Path) -> np.ndarray:
    with closing(Decoder(path)) as decoder:
        return next(iter(decoder)).image


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".ts", ".flv"])
def test_a_variable_rate_with_longer_sound_is_whole(tmp_path: Path, suffix: str) -> None:
    times, damage, _ = read(write_clip(tmp_path / f"a{suffix}", UNEVEN_S, sound_s=5.0))
    np.testing.assert_allclose(times, UNEVEN_S, atol=1e-3)
    assert damage == ""


@pytest.mark.parametrize("suffix", [".avi", ".gif", ".h264"])
def test_a_constant_rate(tmp_path: Path, suffix: str) -> None:
    times, damage, _ = read(write_clip(tmp_path / f"a{suffix}", 30, 25.0))
    np.testing.assert_allclose(times, np.arange(30) / 25, atol=2e-2)
    assert damage == ""


@pytest.mark.parametrize("suffix", [".mkv", ".ts"])
def test_the_first_picture_is_at_0_whatever_its_time_in_the_file(
    tmp_path: Path, suffix: str
) -> None:
    times, damage, _ = read(write_clip(tmp_path / f"a{suffix}", 3600 + np.arange(20) / 20))
    np.testing.assert_allclose(times, np.arange(20) / 20, atol=1e-3)
    assert damage == ""


def test_a_recorders_clock_was_set_while_it_recorded(tmp_path: Path) -> None:
    jump = np.concatenate([np.arange(10) / 20, 93600 + np.arange(10) / 20])
    times, damage, _ = read(write_clip(tmp_path / "a.mkv", jump))
    np.testing.assert_allclose(times, jump, atol=1e-3)
    assert damage == ""


def test_times_never_go_back_where_two_recordings_are_joined(tmp_path: Path) -> None:
    one = write_clip(tmp_path / "one.ts", 20).read_bytes()
    (tmp_path / "two.ts").write_bytes(one + one)
    times, damage, _ = read(tmp_path / "two.ts")
    assert len(times) == 40 and damage == ""
    np.testing.assert_allclose(np.diff(times), 1 / 20, atol=2e-3)


def test_what_an_edit_list_hides_is_not_shown(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", 60, container=FIRST, options={"bf": "0"})
    data = bytearray(path.read_bytes())
    entry = box(data, b"elst") + 8
    (shown,) = struct.unpack_from(">I", data, entry)
    struct.pack_into(">I", data, entry, shown // 2)
    path.write_bytes(data)
    times, damage, _ = read(path)
    assert 29 <= len(times) <= 32 and damage == ""


def test_a_tag_turns_the_picture(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", container=FIRST)
    upright = first(path)
    data = bytearray(path.read_bytes())
    matrix = box(data, b"tkhd") + 40
    struct.pack_into(">9i", data, matrix, 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    path.write_bytes(data)
    np.testing.assert_array_equal(first(path), np.rot90(upright, -1))


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", aspect=Fraction(4, 3))
    assert read(path)[2] == (64, 128, 3)


def test_ten_bits_and_odd_sizes(tmp_path: Path) -> None:
    ten = write_clip(tmp_path / "ten.mp4", pix_fmt="yuv420p10le")
    odd = write_clip(tmp_path / "odd.mp4", size=(63, 95), pix_fmt="yuv444p")
    assert read(ten)[2] == (64, 96, 3) and read(odd)[2] == (63, 95, 3)


@pytest.mark.parametrize(
    "name", ["10:30 class 5b.mp4", "clip%03d.mp4", "http:squat.mp4", "深蹲.mp4"]
)
def test_a_name_is_only_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write_clip(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert len(read(Path(name))[0]) == 40


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".avi", ".flv", ".gif"])
def test_a_missing_end_is_said(tmp_path: Path, suffix: str) -> None:
    container = FIRST if suffix == ".mp4" else {}
    path = write_clip(tmp_path / f"a{suffix}", 100, container=container)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 7 // 10])
    times, damage, _ = read(path)
    assert 20 < len(times) < 95
    share = 100 * (1 - len(times) / 100)
    if suffix == ".gif":  # it names no length
        assert damage == "it breaks off: its end is missing, how much is not known"
    else:
        said = int(damage.removeprefix("it breaks off: the last ").removesuffix(" % are missing"))
        assert said == pytest.approx(share, abs=6)


def test_a_stream_that_breaks_off_within_a_packet(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.ts", 60)
    path.write_bytes(path.read_bytes()[:-1000])
    assert read(path)[1].startswith("it breaks off: ")


@pytest.mark.parametrize("suffix", [".mp4", ".avi"])
def test_a_hole_is_said(tmp_path: Path, suffix: str) -> None:
    path = write_clip(tmp_path / f"a{suffix}", 100, container=FIRST if suffix == ".mp4" else {})
    data = bytearray(path.read_bytes())
    begin, length = len(data) // 2, len(data) // 10
    data[begin : begin + length] = bytes(length)
    path.write_bytes(data)
    times, damage, _ = read(path)
    assert 30 < len(times) < 100 and (np.diff(times) > 0).all()
    assert damage.startswith("it is damaged:") and "of 100 pictures" in damage


def test_a_part_that_was_lost_on_the_way_is_said(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mkv", 100)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2] + data[len(data) * 6 // 10 :])
    assert "missing" in read(path)[1] or "damaged" in read(path)[1]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.mp4", None, "no such file: "),
        ("empty.mp4", b"", "the file is empty"),
        ("text.mp4", b"not a video " * 100, "it is a text, not a video"),
        ("noise.mp4", bytes(range(256)) * 40, "it is not a video that FFmpeg can read"),
    ],
)
def test_what_is_no_clip(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        Decoder(tmp_path / name)


def test_an_index_that_was_never_written(tmp_path: Path) -> None:
    data = write_clip(tmp_path / "a.mp4").read_bytes()
    (tmp_path / "b.mp4").write_bytes(data[: box(data, b"moov") - 8])
    with pytest.raises(InputError, match=r"its index \(moov\) is missing"):
        Decoder(tmp_path / "b.mp4")


@pytest.mark.parametrize(
    "text", ["#EXTM3U\n#EXTINF:5,\nother.ts\n", "ffconcat version 1.0\nfile other.ts\n"]
)
def test_nothing_that_a_clip_names_is_opened(tmp_path: Path, text: str) -> None:
    write_clip(tmp_path / "other.ts")
    for padding in ("", "#" + " " * 5000 + "\0"):
        (tmp_path / "list.m3u8").write_text(text + padding)
        with pytest.raises(InputError, match=r"list\.m3u8"):
            read(tmp_path / "list.m3u8")


def test_only_sound(tmp_path: Path) -> None:
    import av

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 48000, 0
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    with pytest.raises(InputError, match="there is only sound in it"):
        Decoder(path)


def test_a_picture_beyond_all_measure(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "tall.png"), np.zeros((70000, 1), np.uint8))
    with pytest.raises(InputError, match=r"1 × 70000 pixels is too large"):
        read(tmp_path / "tall.png")


def test_a_decoder_that_is_dropped_in_the_middle_never_hangs(tmp_path: Path) -> None:
    """Its threads must not wait for the interpreter's lock, which the one who frees it holds."""
    path = write_clip(tmp_path / "a.mp4", 60, container=FIRST)
    data = bytearray(path.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 400] = bytes(400)  # what FFmpeg would log
    path.write_bytes(data)
    code = (
        "import sys; from pathlib import Path; from edge_app.camera.decoder import Decoder\n"
        "for n in range(150): pictures = iter(Decoder(Path(sys.argv[1]))); next(pictures)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(path)],
        timeout=120, capture_output=True, check=True,
    )  # fmt: skip
    assert done.stderr == b""
