"""Damage to bytes and texts, drawn from a generator: what cards, copies, editors and malice do."""

from __future__ import annotations

import random
import re
from typing import Callable

NASTY = (
    b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"9" * 5000, b"1e999", b"-1", b"nan", b"inf",
    b"[" * 3000, b"{" * 3000, b'"', b"'", b"\\u0000", b"\r", b"=", b"..", b"/dev/zero",
    b"\xe2\x80\xae",
    b"a." * 2000 + b"b", b"x" * 300, b"999999999999999999999",
)  # fmt: skip
_TOKEN = re.compile(rb"[A-Za-z0-9_.+-]+|[^\sA-Za-z0-9]")


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The data after one to four kinds of damage."""
    for _ in range(rng.randint(1, 4)):
        data = rng.choice(WAYS)(data, rng)
    return data


def _flip(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 30, 300))):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _flip_head(data: bytes, rng: random.Random) -> bytes:
    """Sizes and counts stand at the beginning."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        if changed:
            at = rng.randrange(min(len(changed), 600))
            changed[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))
    return bytes(changed)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _hole(data: bytes, rng: random.Random) -> bytes:
    begin = rng.randrange(len(data) + 1)
    length = rng.randrange(1, max(2, len(data) // 3))
    return data[:begin] + bytes(min(length, len(data) - begin)) + data[begin + length :]


def _lose(data: bytes, rng: random.Random) -> bytes:
    begin = rng.randrange(len(data) + 1)
    return data[:begin] + data[begin + rng.randrange(1, max(2, len(data) // 3)) :]


def _repeat(data: bytes, rng: random.Random) -> bytes:
    begin = rng.randrange(len(data) + 1)
    piece = data[begin : begin + rng.randrange(1, 2000)]
    return data[:begin] + piece * rng.randint(1, 20) + data[begin:]


def _token(data: bytes, rng: random.Random) -> bytes:
    """One word, number or sign becomes something nasty, or another of the same file."""
    found = list(_TOKEN.finditer(data[:200_000]))
    if not found:
        return data
    one = rng.choice(found)
    other = rng.choice(NASTY) if rng.random() < 0.7 else rng.choice(found)[0]
    return data[: one.start()] + other + data[one.end() :]


def _insert(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(NASTY) + data[at:]


def _line(data: bytes, rng: random.Random) -> bytes:
    """A line is doubled, moved or lost."""
    lines = data.split(b"\n")
    one = rng.randrange(len(lines))
    line = lines[one]
    if rng.random() < 0.5:
        del lines[one]
    if rng.random() < 0.7:
        lines.insert(rng.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flip, _flip_head, _cut, _hole, _lose, _repeat, _token, _token, _insert, _line,
)  # fmt: skip
