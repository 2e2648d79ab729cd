"""Rows of a CSV file of unknown separator."""

from __future__ import annotations

import csv
import io
import re
from typing import Iterator, List, Tuple

from edge_app.errors import InputError

SEPARATORS = ",;\t|"
Row = Tuple[int, List[str]]  # row number as a spreadsheet shows it, and the cells
# Excel's line that names the separator; a CSV writer may have put it into quotes, and filled it up.
_SEPARATOR_LINE = re.compile(r'("?)sep=(.)"?[,;\t|]*(?:\r\n|\r|\n|\Z)', re.I)


def rows(text: str, name: str, comma: str = "") -> Iterator[Row]:
    """The non-empty rows, header included, without Excel's line that names the separator.

    Args:
        text: the file's content.
        name: of the file, for messages.
        comma: the separator, or "" for the one of the first line.

    Raises:
        InputError: a quote does not close, or a cell is too long.
    """
    text, _, hidden = without_separator_line(text)
    comma = comma or separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    number = 0 if hidden else 1
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


def without_separator_line(text: str) -> tuple[str, str, bool]:
    """The text without a first line such as `sep=;`, the separator named there ("" without such a
    line), and whether a spreadsheet shows the text's first line as row 1."""
    found = _SEPARATOR_LINE.match(text)
    if found is None:
        return text, "", True
    return text[found.end() :], found[2], not found[1]
