"""The outline of containers: whole, cut, broken, joined."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from edge_app.camera.container import Outline, outline
from edge_app.errors import InputError
from tests.clips import write_clip

WHOLE = Outline()


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".avi", ".flv", ".gif"])
def test_whole_and_cut(tmp_path: Path, suffix: str) -> None:
    path = write_clip(tmp_path / f"a{suffix}", 40, container=_first(suffix))
    assert outline(path) == WHOLE
    path.write_bytes(path.read_bytes()[:-40])
    assert outline(path).cut


def _first(suffix: str) -> dict[str, str]:
    return {"movflags": "+faststart"} if suffix in (".mp4", ".mov") else {}


def test_a_live_recording_names_no_sizes(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.webm", 40, container={"live": "1"})
    assert outline(path) == WHOLE


def test_a_transport_stream_may_begin_anywhere(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.ts", 40)
    assert outline(path) == Outline(joined=True)
    path.write_bytes(path.read_bytes()[100:])
    assert outline(path) == Outline(joined=True)
    path.write_bytes(path.read_bytes()[:-100])
    assert outline(path) == Outline(cut=True, joined=True)


def test_a_bare_stream_has_no_beginning(tmp_path: Path) -> None:
    assert outline(write_clip(tmp_path / "a.h264", 10)) == Outline(joined=True)


def test_zeros_in_a_matroska_file_are_found(tmp_path: Path) -> None:
    path = write_clip(
        tmp_path / "a.mkv", 200, options={"g": "10"}, container={"cluster_time_limit": "500"}
    )
    data = bytearray(path.read_bytes())
    begin = data.index(b"\x1f\x43\xb6\x75", len(data) // 2)
    data[begin : begin + 50] = bytes(50)
    path.write_bytes(data)
    assert outline(path).broken


def test_a_box_of_64_bits_and_one_to_the_end(tmp_path: Path) -> None:
    box = struct.pack(">I4s4s", 12, b"ftyp", b"isom") + struct.pack(">I4s", 8, b"moov")
    wide = struct.pack(">I4sQ", 1, b"mdat", 32) + bytes(16)
    (tmp_path / "a.mp4").write_bytes(box + wide)
    assert outline(tmp_path / "a.mp4") == WHOLE
    (tmp_path / "a.mp4").write_bytes(box + wide[:-1])
    assert outline(tmp_path / "a.mp4").cut
    (tmp_path / "a.mp4").write_bytes(box + struct.pack(">I4s", 0, b"mdat") + bytes(99))
    assert outline(tmp_path / "a.mp4") == WHOLE


def test_an_avi_that_was_never_finished(tmp_path: Path) -> None:
    data = bytearray(write_clip(tmp_path / "a.avi", 40).read_bytes())
    data[4:8] = bytes(4)
    (tmp_path / "a.avi").write_bytes(data)
    assert outline(tmp_path / "a.avi").cut


def test_asf_objects(tmp_path: Path) -> None:
    head = b"\x30\x26\xb2\x75" + bytes(12)
    (tmp_path / "a.wmv").write_bytes(head + struct.pack("<Q", 100) + bytes(76))
    assert outline(tmp_path / "a.wmv") == WHOLE
    (tmp_path / "a.wmv").write_bytes(head + struct.pack("<Q", 101) + bytes(76))
    assert outline(tmp_path / "a.wmv").cut


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "/dev/null", "/dev"])
def test_what_is_no_file(name: str) -> None:
    with pytest.raises(InputError):
        outline(Path(name))
