"""Text files that people edit: any usual encoding, bounded size, and JSON without surprises."""

from __future__ import annotations

import codecs
import json
import math
from pathlib import Path
from typing import Any, Callable, List, Tuple

from edge_app.errors import InputError

MOST_BYTES = 20_000_000
LONGEST_NUMBER = 40  # digits; no key needs more
_MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Pairs = List[Tuple[str, Any]]


def read_bytes(path: Path, most_bytes: int) -> bytes:
    """The content of a file.

    Raises:
        InputError: not a file, unreadable, or larger than `most_bytes`.
    """
    try:
        if not path.is_file():
            there = path.exists()
            raise InputError(f"cannot read {path}: it is not a file" if there else _none(path))
        if path.stat().st_size > most_bytes:
            raise InputError(f"cannot read {path}: it is larger than {most_bytes // 1_000_000} MB")
        return path.read_bytes()
    except OSError as exc:
        raise InputError(f"cannot read {str(path)[:200]}: {exc.strerror}") from exc
    except ValueError as exc:  # a zero byte in the name
        raise InputError(f"cannot read {str(path)[:200]!r}: {exc}") from exc


def read_text(path: Path, most_bytes: int = MOST_BYTES) -> str:
    """The content of a text file: UTF-8, with or without a byte order mark, or UTF-16 with one.

    Raises:
        InputError: not a file, unreadable, larger than `most_bytes`, another encoding, or with a
            zero byte in it, as after a power cut.
    """
    content = read_bytes(path, most_bytes)
    try:
        text = content.decode("utf-16" if content.startswith(_MARKS_16) else "utf-8-sig")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise InputError(
            f"{path} is not a text file in UTF-8: line {line} has a byte that cannot be read"
        ) from exc
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError(f"{path}, line {line}: there is a zero byte, the file is damaged")
    return text


def _none(path: Path) -> str:
    return f"cannot read {path}: No such file or directory"


def strict_json(text: str, build: Callable[[Pairs], Any] = dict) -> Any:
    """The value of a JSON text, as RFC 8259 has it and without a doubled key.

    Args:
        build: makes an object of its keys and values, in order.

    Raises:
        ValueError: not JSON; a key that is there twice; NaN, Infinity, or a number too large for a
            float; a zero byte in a text; nested too deeply. The message says where or what.
    """

    def pairs(found: Pairs) -> Any:
        keys = [key for key, _ in found]
        if len(set(keys)) < len(keys):
            doubled = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"the key '{doubled[:80]}' is there twice")
        return build(found)

    if "\\u0000" in text:
        raise ValueError("there is a zero byte in a text")
    try:
        return json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=_no_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except RecursionError as exc:
        raise ValueError("it is nested too deeply") from exc


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:LONGEST_NUMBER]} is too large")
    return number


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"{text[:10]}… is too large")
    return int(text)
