"""Tables with named columns out of CSV text and workbooks: finds separator and header."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from dataclasses import dataclass, field
from typing import Callable, Dict, Iterable, Iterator, Mapping, Sequence

from edge_app.errors import InputError
from edge_app.ledger.csv_text import SEPARATORS, Row, rows, separator, without_separator_line
from edge_app.ledger.rosters.headers import columns_of, field_of, plain
from edge_app.ledger.rosters.numbers import formula_text
from edge_app.ledger.rosters.workbook import (
    MAX_ROWS,
    ZIP,
    ZIP_FAULTS,
    is_workbook,
    refuse_others,
    sheets,
)
from edge_app.ledger.spreadsheet_escape import unescaped
from edge_app.ledger.text_encoding import decode

_HEAD = 40  # rows among which the header is looked for
_HEAD_CHARACTERS = 20_000
Cells = Dict[str, str]
Choose = Callable[[Sequence[str]], Mapping[int, str]]  # header cells → field by column


@dataclass
class Table:
    """The rows of a table by our names of its columns.

    Attributes:
        name: of the file, and of the sheet if there are several.
        header: field → header as it is written.
        rows: row number as a spreadsheet shows it, cells by field; those beyond the header are
            joined under "beyond".
        notes: how it was read, for the user.
        encoding: "" of a workbook.
        headers: all headers, the unused ones too.
        cut: the file ends in the middle of a row.
    """

    name: str
    header: dict[str, str]
    rows: list[tuple[int, Cells]]
    notes: list[str] = field(default_factory=list)
    encoding: str = ""
    headers: list[str] = field(default_factory=list)
    cut: bool = False

    def column(self, name: str) -> list[str]:
        """The cells of a field in all rows."""
        return [cells.get(name, "") for _, cells in self.rows]


def tables(
    data: bytes, name: str, encoding: str, required: Sequence[Sequence[str]]
) -> Iterator[Table]:
    """The table of a CSV file, or those of a workbook, by the headers of class lists.

    Args:
        data: the file's content.
        name: of the file, for messages.
        encoding: "" to detect it.
        required: groups of fields, of each of which the header has at least one.

    Raises:
        InputError: no table can be read, or a header is there twice.
    """
    refuse_others(data, name)
    if data.startswith(ZIP) and is_workbook(_names(data, name)):
        yield from _of_workbook(data, name, required)
        return
    text, encoding = decode(data, name, encoding, known_word)
    yield of_text(text, name, encoding, columns_of, required)


def linked_table(
    data: bytes, name: str, encoding: str, columns: Mapping[str, str], required: Sequence[str]
) -> Table:
    """A table of a format with fixed headers: plain header → our name of the column.

    Raises:
        InputError: the file is not text, or lacks a column or has one twice.
    """
    text, encoding = decode(data, name, encoding, known_word)

    def choose(header: Sequence[str]) -> Mapping[int, str]:
        found = {at: columns.get(plain(cell), "") for at, cell in enumerate(header)}
        return {at: column for at, column in found.items() if column}

    return of_text(text, name, encoding, choose, [[column] for column in required])


def known_word(word: str) -> bool:
    """Whether a word may stand in a header, or in nearly every row of a list."""
    return word in ("男", "女") or (len(word) > 1 and field_of(word) is not None)


def of_text(
    text: str, name: str, encoding: str, choose: Choose, required: Sequence[Sequence[str]]
) -> Table:
    """The table of a CSV text; the separator is the one that shows the header."""
    body, named, _ = without_separator_line(text)
    comma = _separator(body, named, choose)
    table = _table(list(_limited(rows(text, name, comma), name)), name, choose, required)
    table.encoding = encoding
    table.notes.insert(0, f"{name} was read as {encoding}")
    if named and named != comma:
        table.notes.append(f"{name} says that '{named}' separates its cells, but '{comma}' does")
    last = table.rows[-1][1] if table.rows else {}
    short = any(column not in last for column in table.header)
    table.cut = not text.endswith(("\n", "\r")) and text.endswith("\ufffd") and short
    return table


def _separator(body: str, named: str, choose: Choose) -> str:
    head = body[:_HEAD_CHARACTERS]
    candidates = [*named, separator(head), *SEPARATORS]
    fields = {comma: _most_fields(head, comma, choose) for comma in candidates}
    best: str = max(candidates, key=lambda comma: fields[comma])
    return best


def _most_fields(head: str, comma: str, choose: Choose) -> int:
    if comma in "\r\n\"'" or ord(comma) > 127:
        return -1
    most = 0
    try:
        for _, cells in itertools.islice(rows(head, "", comma), _HEAD):
            most = max(most, len(set(choose(cells).values())))
    except InputError:  # a quote that closes after the head
        pass
    return most


def _limited(found: Iterable[Row], name: str) -> Iterator[Row]:
    for count, row in enumerate(found):
        if count > MAX_ROWS + _HEAD:
            raise InputError(f"{name} has more than {MAX_ROWS} rows")
        yield row


def _of_workbook(data: bytes, name: str, required: Sequence[Sequence[str]]) -> Iterator[Table]:
    found, faults, left = [], [], []
    for title, hidden, sheet_rows in sheets(data, name):
        if hidden or not sheet_rows:
            left += [title] if sheet_rows else []
            continue
        try:
            found.append(
                (title, _table(sheet_rows, f"{name}, sheet {title}", columns_of, required))
            )
        except InputError as exc:
            faults.append(exc)
            left.append(title)
    if not found:
        raise faults[0] if faults else InputError(f"{name} has no rows")
    for title, table in found:
        table.name = name if len(found) == 1 else table.name
        table.notes.insert(0, f"{name} was read as an Excel workbook, sheet {title}")
    if left:
        found[0][1].notes.append(f"sheets that were not read: {', '.join(left)}")
    for _, table in found:
        yield table


def _table(
    content: list[Row], name: str, choose: Choose, required: Sequence[Sequence[str]]
) -> Table:
    at = _header_at(content, choose, required, name)
    number, header = content[at]
    columns = choose(header)
    names = {field: header[column] for column, field in columns.items()}
    for column, written in enumerate(header):
        if column in columns and list(columns.values()).count(columns[column]) > 1:
            raise InputError(f"{name} has two columns for '{written}'")
    body = [row for row in content[at + 1 :] if row[1] != header]
    table = Table(name, names, [], headers=list(header))
    if at:
        lines = "1 line" if number == 2 else f"{number - 1} lines"
        table.notes.append(f"{lines} above the header left out")
    body = _without_footer(body, header, columns.get(0, ""), table)
    for number, cells in body:
        values = {
            field: _cell(cells[column]) for column, field in columns.items() if column < len(cells)
        }
        values["beyond"] = "".join(cells[len(header) :]).strip()
        table.rows.append((number, values))
    unused = [h.strip() for i, h in enumerate(header) if i not in columns and h.strip()]
    if unused:
        table.notes.append(f"unused columns: {', '.join(unused)}")
    return table


def _header_at(
    content: list[Row], choose: Choose, required: Sequence[Sequence[str]], name: str
) -> int:
    if not content and not required:
        raise InputError(f"{name} has no rows")
    best, lacking = 0, [list(group) for group in required]
    for at, (_, cells) in enumerate(content[:_HEAD]):
        fields = set(choose(cells).values())
        missing = [list(group) for group in required if not fields.intersection(group)]
        if not missing:
            return at
        if len(missing) < len(lacking) or (len(missing) == len(lacking) and len(fields) > best):
            best, lacking = len(fields), missing
    raise InputError(f"{name} has no column for the {_said(lacking[0][0])}")


def _said(field: str) -> str:
    such = {
        "number": "number (such as StudentID, ID, Schülernummer, 学号); add one, or export a list "
                  "that has it",
        "last_name": "last_name (such as Last name, Name, Nachname, 姓名)",
    }  # fmt: skip
    return such.get(field, field)


def _without_footer(body: list[Row], header: Sequence[str], first: str, table: Table) -> list[Row]:
    """The rows without those below the list that hold a sentence, such as a sum or a date."""
    kept = list(body)
    sentence = r"[:：\d]" if "name" in first else r"[:：\d\s]"
    while kept and len(header) > 2:
        texts = [cell.strip() for cell in kept[-1][1]]
        if not texts[0] or any(texts[1:]) or not re.search(r"[^\W\d_]{2}", texts[0]):
            break
        if not re.search(sentence, texts[0]):
            break
        kept.pop()
    if len(kept) < len(body):
        left = len(body) - len(kept)
        table.notes.append(f"{left} line{'s' if left > 1 else ''} below the list left out")
    return kept


def _cell(cell: str) -> str:
    """A cell's text: out of a formula's quotes, or without the apostrophe that guards it."""
    text = cell.strip()
    return formula_text(text).strip() if text.startswith("=") else unescaped(text)


def _names(data: bytes, name: str) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()
    except ZIP_FAULTS as exc:
        raise InputError(f"cannot read {name}: not a valid zip file ({exc})") from exc
