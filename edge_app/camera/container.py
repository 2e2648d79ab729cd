"""The outline of a clip's container: is it a video, and does it end where it says it does?

Only sizes and types of the outer parts are read, never what is in them. FFmpeg reads the rest; it
does not say that a Matroska or an AVI file ends early.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Callable, Iterator

from edge_app.errors import InputError

MP4_TYPES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"uuid", b"styp")
SEGMENT, CLUSTER = 0x18538067, 0x1F43B675
# SeekHead, Info, Tracks, Cluster, Cues, Attachments, Chapters, Tags, Void, CRC-32
MATROSKA_PARTS = (
    0x114D9B74, 0x1549A966, 0x1654AE6B, CLUSTER, 0x1C53BB6B, 0x1941A469, 0x1043A770, 0x1254C367,
    0xEC, 0xBF,
)  # fmt: skip
TS_PACKETS = (188, 192, 204)
TEXT_BYTES = frozenset(range(0x20, 0x100)) | frozenset(b"\t\n\r\f\b\x1b")


@dataclass(frozen=True)
class Outline:
    """What the container says of itself.

    Attributes:
        cut: it announces more than there is: the end of the file is missing.
        broken: a part of it cannot be read.
        joined: it has no beginning of its own, so what cannot be decoded at first is no damage.
    """

    cut: bool = False
    broken: bool = False
    joined: bool = False


def outline(path: Path) -> Outline:
    """Reads the outline of a clip.

    Raises:
        InputError: no such file, not a regular one, empty, a text, or without its index.
    """
    try:
        if not path.exists():
            raise InputError(f"no such file: {path}")
        if not path.is_file():
            raise InputError(f"cannot read {path}: it is not a file")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
            file.seek(0)
            return _outline(file, head, size)
    except _NoClipError as exc:
        raise InputError(f"cannot read {path}: {exc}") from exc
    except (OSError, ValueError) as exc:  # a name that no file system takes, or no permission
        why = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
        raise InputError(f"cannot read {str(path)[:200]!r}: {why}") from exc


class _NoClipError(Exception):
    """Why a file is no clip."""


def _outline(file: BinaryIO, head: bytes, size: int) -> Outline:
    if not head:
        raise _NoClipError("the file is empty")
    for begins, read in _READERS:
        if begins(head):
            return read(file, size)
    if all(byte in TEXT_BYTES for byte in head):
        # Playlists and the like name other files, which a clip must never open.
        raise _NoClipError("it is a text, not a video")
    return Outline()


def _mp4(file: BinaryIO, size: int) -> Outline:
    """Boxes, ISO/IEC 14496-12: the index is `moov`."""
    seen: list[bytes] = []
    for kind, _, end in _boxes(file, size):
        seen.append(kind)
        if end > size:
            if b"moov" not in seen:
                break
            return Outline(cut=True)
    if b"moov" not in seen:
        raise _NoClipError("its index (moov) is missing: the recording was not finished")
    return Outline()


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Type, beginning and end of each box; stops at what is none."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            wide = file.read(8)
            length = struct.unpack(">Q", wide)[0] if len(wide) == 8 else 0
        elif length == 0 and kind != bytes(4):
            length = size - at  # to the end of the file
        if length < 8:
            return
        yield kind, at, at + length
        at += length


def _matroska(file: BinaryIO, size: int) -> Outline:
    """EBML elements, RFC 9559: the segment and the parts in it; live files name no sizes."""
    at = 0
    for _ in range(2):  # the header, then the segment
        part = _element(file, at)
        if part is None:
            return Outline(cut=True)
        kind, begin, length = part
        if kind == SEGMENT:
            break
        at = begin + (length or 0)
    if kind != SEGMENT:
        return Outline(broken=True)
    end = size if length is None else begin + length
    at = begin
    while at < min(end, size):
        part = _element(file, at)
        if part is None:
            return Outline(cut=True)
        kind, begin, length = part
        if kind not in MATROSKA_PARTS:
            return Outline(cut=end > size, broken=True)
        if length is None:
            return Outline(cut=end > size)
        at = begin + length
    return Outline(cut=max(at, end) > size)


def _element(file: BinaryIO, at: int) -> tuple[int, int, int | None] | None:
    """Id, beginning of the content and its length (None: not named) of the EBML element there.

    None if the file ends within its head.
    """
    file.seek(at)
    head = file.read(12)
    lengths = [8 - byte.bit_length() + 1 for byte in head[:1]]
    if not lengths or lengths[0] > 4 or len(head) <= lengths[0]:
        return None if len(head) < 12 else (0, at, 0)
    id_bytes = lengths[0]
    size_bytes = 8 - head[id_bytes].bit_length() + 1
    if len(head) < id_bytes + size_bytes:
        return None
    if size_bytes > 8:
        return 0, at, 0
    kind = int.from_bytes(head[:id_bytes], "big")
    length = int.from_bytes(head[id_bytes : id_bytes + size_bytes], "big")
    length &= (1 << 7 * size_bytes) - 1
    unknown = length == (1 << 7 * size_bytes) - 1
    return kind, at + id_bytes + size_bytes, None if unknown else length


def _riff(file: BinaryIO, size: int) -> Outline:
    """RIFF chunks of AVI and WebP; large AVI files have several; 0 or -1: never finished."""
    at = 0
    while at + 12 <= size:
        file.seek(at)
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind != b"RIFF":
            break
        if length in (0, 0xFFFFFFFF):
            return Outline(cut=True)
        at += 8 + length + length % 2
    return Outline(cut=at > size + 1)


def _flv(file: BinaryIO, size: int) -> Outline:
    """The file ends with the size of its last tag."""
    file.seek(max(0, size - 4))
    length = struct.unpack(">I", file.read(4).rjust(4, b"\0"))[0]
    begin = size - 4 - length
    if begin < 9:
        return Outline(cut=True)
    file.seek(begin)
    tag = file.read(4)
    whole = tag[0] & 0x1F in (8, 9, 18) and int.from_bytes(tag[1:4], "big") + 11 == length
    return Outline(cut=not whole)


def _asf(file: BinaryIO, size: int) -> Outline:
    """Objects of a GUID and a size; a live one names no size."""
    at = 0
    while at + 24 <= size:
        file.seek(at + 16)
        length = struct.unpack("<Q", file.read(8))[0]
        if length < 24:
            return Outline()
        at += length
    return Outline(cut=at > size)


def _ts(file: BinaryIO, size: int) -> Outline:
    """Packets of one size, each beginning with 0x47; a piece of a stream may begin anywhere."""
    packet, first = _ts_packet(file.read(5 * TS_PACKETS[-1]))
    return Outline(cut=bool((size - first) % packet), joined=True)


def _ts_packet(head: bytes) -> tuple[int, int]:
    """Bytes of a packet and offset of the first; (0, 0) if it is no transport stream."""
    for packet in TS_PACKETS:
        for first in range(packet):
            marks = head[first::packet]
            if len(marks) >= 4 and set(marks) == {0x47}:
                # The 192 bytes of a Blu-ray or camcorder begin with four of a time stamp.
                return packet, first - 4 if packet == 192 and first >= 4 else first
    return 0, 0


def _stream(file: BinaryIO, size: int) -> Outline:
    return Outline(joined=True)


def _gif(file: BinaryIO, size: int) -> Outline:
    """A trailer byte ends it; some programs add zeros."""
    file.seek(max(0, size - 64))
    return Outline(cut=not file.read().rstrip(b"\0").endswith(b";"))


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[BinaryIO, int], Outline]], ...] = (
    (lambda head: head[4:8] in MP4_TYPES, _mp4),
    (lambda head: head[:4] == b"\x1a\x45\xdf\xa3", _matroska),
    (lambda head: head[:4] == b"RIFF", _riff),
    (lambda head: head[:3] == b"FLV", _flv),
    (lambda head: head[:4] == b"\x30\x26\xb2\x75", _asf),
    (lambda head: head[:4] == b"GIF8", _gif),
    (lambda head: head[:3] == b"\0\0\1" or head[:4] == b"\0\0\0\1", _stream),
    (lambda head: _ts_packet(head)[0] > 0, _ts),
)
