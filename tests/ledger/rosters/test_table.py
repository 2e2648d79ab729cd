"""Where the header is, and what separates the cells."""

from __future__ import annotations

import pytest

from edge_app.errors import InputError
from edge_app.ledger.rosters import table as tables_module
from edge_app.ledger.rosters.table import Table, linked_table, tables

REQUIRED = (("number", "address"), ("last_name", "name", "first_name"))


def _table(text: str) -> Table:
    (found,) = tables(text.encode(), "x.csv", "", REQUIRED)
    return found


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("ID,Name\n1,Ada\n", ""),
        ("Hill School\nClass 7A; 2026, room 3\n\nID,Name\n1,Ada\n", "3 lines above the header"),
        ("2026学年名单,,\nID,Name\n1,Ada\n", "1 line above the header"),
        ("A;title;of;many;semicolons\nID,Name\n1,Ada\n", "1 line above"),
        ("sep=;\nID;Name\n1;Ada\n", ""),
        ("sep=;\nID,Name\n1,Ada\n", "says that ';' separates its cells, but ',' does"),
        ('"sep=,"\nID;Name\n1;Ada\n', "says that ',' separates its cells, but ';' does"),
        ("ID\tName\n1\tAda\n", ""),
        ("ID|Name|Room\n1|Ada|3\n", "unused columns: Room"),
    ],
)
def test_the_header_is_found(text: str, note: str) -> None:
    table = _table(text)
    assert [(cells["number"], cells["name"]) for _, cells in table.rows] == [("1", "Ada")]
    assert any(note in said for said in table.notes)
    assert table.rows[0][0] == len(text.splitlines()) - text.startswith("sep=")


@pytest.mark.parametrize(
    ("below", "left"),
    [
        ("Total: 25,,\n", 0), ("合计：45人,,\n", 0), ("Printed 2026-09-01,,\n,,\n", 0),
        ("1005,,\n", 1),  # a student without a name is a bad row
        (",Li Wei,\n", 1),
        ("ID,Name,Class\n", 0),  # the header again, on the next page
    ],
)  # fmt: skip
def test_lines_below_the_list_are_no_students(below: str, left: int) -> None:
    assert len(_table(f"ID,Name,Class\n1,Ada,7A\n{below}").rows) == 1 + left


def test_a_name_alone_in_the_first_column_is_no_footer() -> None:
    assert len(_table("Name,ID,Class\nAda,1,7A\nLi Wei,,\n").rows) == 2


def test_what_guards_a_cell_is_taken_off() -> None:
    (row,) = _table('ID,Name\n"=""007""",\'=Ada\n').rows
    assert row[1] == {"number": "007", "name": "=Ada", "beyond": ""}


def test_an_unused_column_is_not_kept_and_can_refuse_nothing() -> None:
    (row,) = _table(f'ID,Name,Address\n1,Ada,"Flat 3\n{"x" * 500}"\n').rows
    assert row[1] == {"number": "1", "name": "Ada", "beyond": ""}


def test_a_row_that_breaks_off_is_told() -> None:
    data = "学号,姓名,班级\n1,林晓彤,一班\n2,许".encode()[:-1]
    (table,) = tables(data, "x.csv", "", REQUIRED)
    assert table.cut and len(table.rows) == 2
    assert not _table("ID,Name,Class\n1,Ada\n").cut


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Name,Class\nAda,7b\n", r"no column for the number \(such as StudentID"),
        ("座号,姓名\n1,Ada\n", "no column for the number"),
        ("ID,Class\n1,7b\n", "no column for the last_name"),
        ("", "no column"),
        ("ID,ID,Name\n", "two columns for 'ID'"),
        ("\ufeff<html><table>", "is a web page"),
        ("%PDF-1.4", "is a PDF"),
    ],
)
def test_what_is_no_list_gets_a_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        _table(text)


def test_a_file_without_a_row_gets_a_sentence() -> None:
    with pytest.raises(InputError, match=r"m\.csv has no rows"):
        linked_table(b"\n ,\n", "m.csv", "", {}, ())


def test_rows_beyond_measure_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_module, "MAX_ROWS", 5)
    with pytest.raises(InputError, match="more than 5 rows"):
        _table("ID,Name\n" + "1,Ada\n" * 60)


def test_fixed_headers_are_told_without_case_and_signs() -> None:
    columns = {"sourcedid": "key", "title": "title"}
    table = linked_table(b"SOURCEDID,Title,x\nc1,PE,1\n", "c.csv", "", columns, ("key",))
    assert table.column("key") == ["c1"] and table.header == {"key": "SOURCEDID", "title": "Title"}
    with pytest.raises(InputError, match=r"c\.csv has no column for the title"):
        linked_table(b"sourcedId\nc1\n", "c.csv", "", columns, ("title",))
