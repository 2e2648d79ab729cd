"""Rows of a CSV file of unknown encoding and separator."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import Iterator, List, Tuple

from edge_app.errors import InputError

MAX_BYTES = 64 * 2**20
SEPARATORS = ",;\t|"
Row = Tuple[int, List[str]]  # row number as a spreadsheet shows it, and the cells

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, name: str, encoding: str = "") -> tuple[str, str]:
    """The text of a file and the encoding that was assumed.

    A byte order mark decides; else UTF-8, which other text rarely is by chance; else UTF-16 by
    its zeros; else GB18030 or Windows-1252, see `_looks_chinese`.

    Raises:
        InputError: the file is too large, or is not text in this encoding or any of these.
    """
    if len(data) > MAX_BYTES:
        raise InputError(f"{name} is larger than {MAX_BYTES // 2**20} MB")
    tried = []
    for guess in [encoding] if encoding else _guesses(data):
        tried.append(guess)
        try:
            text = data.decode(guess)
        except UnicodeDecodeError:
            continue
        except LookupError as exc:
            raise InputError(f"unknown encoding: '{encoding}'") from exc
        if "\0" not in text:
            return text, guess
    raise InputError(f"{name} is not text in {' or '.join(tried)}; save it as CSV in UTF-8")


def rows(text: str, name: str) -> Iterator[Row]:
    """The non-empty rows, header included.

    Raises:
        InputError: a quote does not close, or a cell is too long.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            raise InputError(f"{name}, row {number}: the quotes are wrong ({exc})") from exc
        if any(cell.strip() for cell in cells):
            yield number, cells


def separator(text: str) -> str:
    """The separator most frequent in the header outside quotes."""
    header = text[: text.find("\n") + 1] or text
    outside = "".join(header.split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def _guesses(data: bytes) -> Iterator[str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            yield encoding
            return
    if b"\0" in data[:4096]:
        low, high = data[:4096:2].count(0), data[1:4096:2].count(0)
        yield "utf-16-le" if high > low else "utf-16-be"
        return
    yield "utf-8"
    yield from ("gb18030", "cp1252") if _looks_chinese(data) else ("cp1252", "gb18030")


# Two bytes above 0xA0, or a pair with a digit after each: characters of GB18030. In the names of
# western Europe such bytes mostly stand alone.
_GB18030 = re.compile(b"[\xa1-\xfe]{2}|[\x81-\xfe][0-9][\x81-\xfe][0-9]")


def _looks_chinese(data: bytes) -> bool:
    pairs = len(_GB18030.findall(data))
    alone = len(re.findall(b"[\x80-\xff]", _GB18030.sub(b"", data)))
    return pairs > alone
