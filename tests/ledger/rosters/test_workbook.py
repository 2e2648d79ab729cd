"""Excel workbooks, and files that are something else."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")
pytest.importorskip("openpyxl", reason="needs the extra `kiosk`")

from openpyxl import Workbook

from edge_app.errors import InputError
from edge_app.ledger.rosters.class_list import read_csv
from edge_app.ledger.rosters.found import Reading
from edge_app.ledger.rosters.workbook import is_workbook, refuse_others, sheets

HOW = Reading(date(2026, 11, 22))
HEADER = ["Student ID", "Name", "DOB", "Class"]


def _book(*rows: list[Any], formats: dict[str, str] | None = None, sheet: str = "7A") -> Any:
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    for cell, form in (formats or {}).items():
        book.active[cell].number_format = form
    return book


def _bytes(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        ("001001", "General", "001001"), (1001, "000000", "001001"), (1001, "General", "1001"),
        (1001.0, "General", "1001"), (1001, '"0000000"', "0001001"),
        (202401000376, "0", "202401000376"),
        (440106201403040123, "0", "440106201403040000"),  # digits that the file does not hold
        (True, "General", "TRUE"), (1.5, "General", "1.5"),
        (datetime(2014, 3, 4), "yyyy-mm-dd", "2014-03-04"),
        (datetime(2014, 3, 4, 8, 30), "yyyy-mm-dd hh:mm", "2014-03-04 08:30:00"),
    ],
)  # fmt: skip
def test_a_cell_is_what_the_sheet_shows(value: Any, form: str, text: str) -> None:
    data = _bytes(_book([value], formats={"A1": form}))
    ((title, hidden, rows),) = sheets(data, "x.xlsx")
    assert (title, hidden, list(rows)) == ("7A", False, [(1, [text])])


def test_a_list_with_dates_and_a_title() -> None:
    data = _bytes(_book(["Class list"], [], HEADER, ["007", "Li, Ada", datetime(2014, 3, 4), "7A"]))
    found = read_csv(data, "list.csv", HOW)  # by content, not by name
    (student,) = found.students.values()
    assert (student.number, student.first_name, student.birth_date) == (
        "007",
        "Ada",
        date(2014, 3, 4),
    )
    assert "list.csv was read as an Excel workbook, sheet 7A" in found.notes
    assert "2 lines above the header left out" in found.notes and found.encoding == ""


def test_a_cut_number_is_refused_with_its_cell() -> None:
    data = _bytes(_book(HEADER, [440106201403040123, "Ada", None, "7A"]))
    (bad,) = read_csv(data, "list.xlsx", HOW).bad
    assert (bad.row, bad.column) == (2, "Student ID") and "zeros from digit 16" in bad.reason


def test_each_sheet_with_a_list_is_read_and_others_are_said() -> None:
    book = _book(HEADER, ["1", "Ada", None, "7A"])
    for title, rows in (("7B", [HEADER, ["2", "Ben", None, "7B"]]), ("Notes", [["call home"]])):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    hidden = book.create_sheet("old")
    hidden.append(HEADER)
    hidden.append(["3", "Cem", None, "6A"])
    hidden.sheet_state = "hidden"
    found = read_csv(_bytes(book), "list.xlsx", HOW)
    assert sorted(s.number for s in found.students.values()) == ["1", "2"]
    assert "sheets that were not read: Notes, old" in found.notes


def test_a_workbook_without_a_list_gets_a_sentence() -> None:
    with pytest.raises(InputError, match="no column for the number"):
        read_csv(_bytes(_book(["call home"])), "list.xlsx", HOW)
    with pytest.raises(InputError, match="has no rows"):
        read_csv(_bytes(_book()), "list.xlsx", HOW)


def test_a_broken_workbook_gets_a_sentence() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/workbook.xml", "<x")
    with pytest.raises(InputError, match=r"cannot read list\.xlsx as an Excel workbook"):
        read_csv(packed.getvalue(), "list.xlsx", HOW)


@pytest.mark.parametrize(
    ("start", "said"),
    [(b"\xd0\xcf\x11\xe0\xa1\xb1", r"old Excel file \(\.xls\)"), (b"%PDF-1.7", "a PDF"),
     (b"\xef\xbb\xbf<!DOCTYPE html><table>", "a web page"), (b"<?xml version='1.0'?>", "is XML"),
     (b"\x89PNG\r\n", "a picture")],
)  # fmt: skip
def test_other_files_are_called_by_their_name(start: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        refuse_others(start + b"\0" * 20, "list.csv")


def test_a_zip_of_lists_is_no_workbook() -> None:
    assert not is_workbook(["users.csv"]) and is_workbook(
        ["[Content_Types].xml", "xl/workbook.xml"]
    )
