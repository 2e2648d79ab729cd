"""Rows of an Excel workbook (.xlsx) as text, and what other files are that are no CSV."""

from __future__ import annotations

import io
import lzma
import re
import struct
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from typing import Any, Iterator

from edge_app.errors import InputError
from edge_app.ledger.csv_text import Row
from edge_app.ledger.text_encoding import MAX_BYTES

ZIP = b"PK\x03\x04"
ZIP_FAULTS = (  # what a damaged zip makes zipfile raise
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError,
    NotImplementedError, EOFError, ValueError, KeyError, OverflowError, OSError,
)  # fmt: skip
MAX_ROWS = 200_000
_COLUMNS = 300  # a class list has fewer; some sheets claim 16,384
_ZEROS = re.compile(r'(?:"?)(0+)(?:"?)(?:;.*)?')
_EXACT = 10**15  # a spreadsheet keeps 15 digits


def refuse_others(data: bytes, name: str) -> None:
    """Says plainly what a file is that holds no rows to read.

    Raises:
        InputError: an old or protected Excel file, a web page, a PDF, a picture.
    """
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    save = "open it in a spreadsheet and save it as .xlsx or as CSV"
    for mark, what in (
        (b"\xd0\xcf\x11\xe0", "is an old Excel file (.xls) or is protected by a password"),
        (b"%pdf", "is a PDF"),
        (b"<!doctype html", "is a web page (HTML)"),
        (b"<html", "is a web page (HTML)"),
        (b"<table", "is a web page (HTML)"),
        (b"<meta", "is a web page (HTML)"),
        (b"<?xml", "is XML"),
        (b"\x89png", "is a picture"),
        (b"\xff\xd8\xff", "is a picture"),
        (b"{\\rtf", "is a text document (RTF)"),
        (b"7z\xbc\xaf", "is a 7z archive"),
        (b"rar!", "is a RAR archive"),
    ):
        if start.startswith(mark):
            raise InputError(f"{name} {what}: {save}")


def is_workbook(names: list[str]) -> bool:
    """Whether a zip with these files is an Excel workbook."""
    return "[Content_Types].xml" in names and any(n.startswith("xl/") for n in names)


def sheets(data: bytes, name: str) -> Iterator[tuple[str, bool, list[Row]]]:
    """Title, hidden or not, and rows of each sheet of a workbook.

    Raises:
        InputError: openpyxl is not installed, or cannot read the file.
    """
    try:
        from openpyxl import load_workbook
    except ImportError as exc:
        raise InputError("XLSX needs the extra `kiosk`: pip install 'edge-reps[kiosk]'") from exc
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
        if unpacked > 4 * MAX_BYTES:
            raise InputError(f"{name} is larger than {4 * MAX_BYTES // 2**20} MB unpacked")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns about styles that nobody needs
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                yield sheet.title, sheet.sheet_state != "visible", list(_limited(sheet, name))
    except InputError:
        raise
    except Exception as exc:  # openpyxl has no base class of errors: XML, zip, key, value …
        reason = (str(exc).splitlines() or [type(exc).__name__])[0]
        raise InputError(f"cannot read {name} as an Excel workbook: {reason}") from exc


def _limited(sheet: Any, name: str) -> Iterator[Row]:
    """The rows of a sheet, up to a limit; some sheets claim a million."""
    for count, row in enumerate(_rows(sheet)):
        if count > MAX_ROWS:
            raise InputError(f"{name} has more than {MAX_ROWS} rows")
        yield row


def _rows(sheet: Any) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(max_col=_COLUMNS), 1):
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if any(text.strip() for text in texts):
            yield number, texts


def _text(cell: Any) -> str:
    """A cell as the sheet shows it: zeros by number format, dates as ISO."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, str(getattr(cell, "number_format", "") or ""))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _number(value: float, shown: str) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**20:
        value = int(value)
    zeros = _ZEROS.fullmatch(shown)
    if isinstance(value, int) and value >= 10 * _EXACT:  # the digits after the 15th are not known
        return str(value)[:15] + "0" * (len(str(value)) - 15)
    if isinstance(value, int) and zeros and value >= 0:
        return str(value).zfill(len(zeros[1]))
    return str(value)
