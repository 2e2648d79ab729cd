"""Reads the rows of a damaged SQLite file page by page, without the tree that connects the pages.

A table's rows are in its leaf pages, which say themselves how many there are and where. So a row is
found even if the pages above it, or the file's first page, are gone. The format is at
https://www.sqlite.org/fileformat2.html; sections are quoted below.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO, Iterator, Sequence, Union

MAGIC, LOG_MAGIC = b"SQLite format 3\0", b"\x37\x7f\x06"
USUAL_PAGE_BYTES = 4096  # if the first page does not say
LARGEST_ROW_BYTES = 16_000_000  # a minute of evidence takes a quarter of a megabyte
_LEAF = 0x0D
_HEADER_BYTES = 100  # of the file, before the first page's own header
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # by serial type
Bytes = Union[bytes, Any]  # bytes or an mmap, which has no common type before Python 3.12


@dataclass(frozen=True)
class RawRow:
    """One row as stored: numbers, text, bytes or None; `rowid` stands for an INTEGER PRIMARY KEY,
    which is stored as None."""

    rowid: int
    values: tuple[Any, ...]


class Broken(ValueError):
    """A row cannot be read."""


def leaf_rows(data: Bytes) -> Iterator[RawRow | None]:
    """The rows in all leaf pages of tables, those of SQLite's own tables included.

    Args:
        data: the whole file.

    Yields:
        Every row; None for one that is there but cannot be read.
    """
    page_bytes, usable = _sizes(data)
    for start in range(0, len(data) - page_bytes + 1, page_bytes):
        header = start + (_HEADER_BYTES if start == 0 else 0)
        if data[header] != _LEAF:
            continue
        for place in _cell_places(data, start, header, page_bytes):
            try:
                yield _row(data, place, page_bytes, usable)
            except (Broken, IndexError, UnicodeDecodeError):
                yield None


def merge_log(file: BinaryIO, log: bytes) -> None:
    """Writes the pages of all transactions that a write-ahead log has in full into a copy of its
    database (4.1 to 4.3). A log that cannot be read changes nothing."""
    page_bytes, salt = int.from_bytes(log[8:12], "big"), log[16:24]
    if log[:3] != LOG_MAGIC or page_bytes < 512:
        return
    waiting: dict[int, bytes] = {}
    for at in range(32, len(log) - 24 - page_bytes + 1, 24 + page_bytes):
        frame, page = log[at : at + 24], log[at + 24 : at + 24 + page_bytes]
        if frame[8:16] != salt:
            return  # of an older log, which was overwritten up to here
        waiting[int.from_bytes(frame[:4], "big")] = page
        if any(frame[4:8]):  # the last page of a transaction
            for number, content in waiting.items():
                file.seek((number - 1) * page_bytes)
                file.write(content)
            waiting = {}


def _sizes(data: Bytes) -> tuple[int, int]:
    """Bytes of a page, and those of them that are used (1.3)."""
    if data[: len(MAGIC)] != MAGIC or len(data) < _HEADER_BYTES:
        return USUAL_PAGE_BYTES, USUAL_PAGE_BYTES
    said = int.from_bytes(data[16:18], "big")
    page_bytes = 65536 if said == 1 else said
    if page_bytes < 512 or page_bytes & (page_bytes - 1):
        return USUAL_PAGE_BYTES, USUAL_PAGE_BYTES
    return page_bytes, page_bytes - data[20]


def _cell_places(data: Bytes, start: int, header: int, page_bytes: int) -> list[int]:
    """Where the cells of a leaf page begin in the file (1.6)."""
    number = int.from_bytes(data[header + 3 : header + 5], "big")
    first = header + 8
    if first + 2 * number > start + page_bytes:
        return []  # a page of something else that happens to begin like a leaf
    pointers = [
        int.from_bytes(data[at : at + 2], "big") for at in range(first, first + 2 * number, 2)
    ]
    return [start + p for p in pointers if first - start <= p < page_bytes]


def _row(data: Bytes, place: int, page_bytes: int, usable: int) -> RawRow:
    size, place = _varint(data, place)
    rowid, place = _varint(data, place)
    if size > min(len(data), LARGEST_ROW_BYTES):
        raise Broken
    return RawRow(_signed(rowid), _values(_payload(data, place, size, page_bytes, usable)))


def _payload(data: Bytes, place: int, size: int, page_bytes: int, usable: int) -> bytes:
    """A row's bytes, those on overflow pages included (1.6 and 1.7)."""
    most = usable - 35
    if size <= most:
        return bytes(data[place : place + size])
    least = (usable - 12) * 32 // 255 - 23
    here = least + (size - least) % (usable - 4)
    if here > most:
        here = least
    parts, left = [bytes(data[place : place + here])], size - here
    page = int.from_bytes(data[place + here : place + here + 4], "big")
    while left > 0:
        start = (page - 1) * page_bytes
        if page < 2 or start + page_bytes > len(data):
            raise Broken
        some = min(left, usable - 4)
        parts.append(bytes(data[start + 4 : start + 4 + some]))
        left -= some
        page = int.from_bytes(data[start : start + 4], "big")
    return b"".join(parts)


def _values(payload: bytes) -> tuple[Any, ...]:
    """The values of a record (2.1)."""
    end, place = _varint(payload, 0)
    kinds = []
    while place < end:
        kind, place = _varint(payload, place)
        kinds.append(kind)
    return tuple(_decoded(payload, end, kinds))


def _decoded(payload: bytes, place: int, kinds: Sequence[int]) -> Iterator[Any]:
    for kind in kinds:
        size = _INTEGER_BYTES.get(kind, 8 if kind == 7 else (kind - 12) // 2 if kind >= 12 else 0)
        part = payload[place : place + size]
        if len(part) < size:
            raise Broken
        place += size
        if kind in _INTEGER_BYTES:
            yield int.from_bytes(part, "big", signed=True)
        elif kind == 7:
            yield struct.unpack(">d", part)[0]
        elif kind in (8, 9):
            yield kind - 8
        elif kind >= 12:
            yield part.decode() if kind % 2 else part
        elif kind == 0:
            yield None
        else:
            raise Broken  # 10 and 11 are SQLite's own


def _varint(data: Bytes, place: int) -> tuple[int, int]:
    """A number of variable length (1.6), and where it ends."""
    value = 0
    for _ in range(8):
        byte = data[place]
        place += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place
    return value << 8 | data[place], place + 1


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number
