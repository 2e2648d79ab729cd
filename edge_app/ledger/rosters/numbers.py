"""Student numbers that a spreadsheet or a program has damaged: repaired if certain, else refused.

A number is text: zeros in front and letters belong to it. What is changed here is only the way it
is written (`="001001"`, `1001.0`, `１００１`), and only where one number can be meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Callable, Iterable, Sequence

_FORMULA = re.compile(r'=\s*(?:T\()?"([^"]*)"\)?')
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
_SCIENTIFIC = re.compile(r"[+]?(\d)(?:[.,](\d+))?\s*[eE]([+]?)(\d{1,3})")
_FLOAT = re.compile(r"(\d+)[.,]0+")
_FRACTION = re.compile(r"\d+[.,]\d*[1-9]\d*")
_COMMA_GROUPS = re.compile("[1-9]\\d{0,2}(?:[,\u00a0\u202f\u2009'’]\\d{3})+")
_POINT_GROUPS = re.compile(r"[1-9]\d{0,2}(?:[.]\d{3})+")
_PLAIN = re.compile(r"\d+")
_DATE = re.compile(r"\d{1,2}[- ](?:[A-Za-z]{3}|\d{1,2}月)|[A-Za-z]{3}[- ]\d{2}|\d{1,2}月\d{1,2}日")
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#DIV/0!", "#NULL!")
_KEPT_DIGITS = 15  # a spreadsheet keeps so many; those after are zeros
_CUT = "was cut by a spreadsheet and cannot be known; export it again as text"


@dataclass
class NumberColumn:
    """The numbers of a column.

    Attributes:
        values: as they are meant; "" where a fault says why there is none.
        faults: row of the column → what is wrong, in the words of a bad row.
        notes: what was repaired, for the user.
    """

    values: list[str] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def formula_text(cell: str) -> str:
    """What stands in the quotes of `="001001"`, which exports write so that zeros stay."""
    found = _FORMULA.fullmatch(cell.strip())
    return found[1] if found else cell


def visible(cell: str) -> str:
    """A cell without white space around it, and without characters that nobody sees."""
    return _INVISIBLE.sub("", cell).strip()


def tidy(cell: str) -> str:
    """A number without what nobody sees, with plain digits in place of wide ones."""
    text = visible(cell)
    if len(text) > 1 and text[0] in "'’`" and text[1].isalnum():  # makes it text in a spreadsheet
        text = text[1:]
    return "".join(map(_narrow, text))


def _narrow(character: str) -> str:
    """A digit of any script, or a sign in full width, as ASCII."""
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def number_column(cells: Sequence[str], as_written: bool = False) -> NumberColumn:
    """Reads a column of student numbers.

    Args:
        cells: of all rows, `formula_text` applied.
        as_written: change nothing but white space and refuse nothing.
    """
    column = NumberColumn([tidy(cell) for cell in cells])
    if as_written:
        column.values = [cell.strip() for cell in cells]
        return column
    wide = sum(v != c.strip() and not c.strip().isascii() for v, c in zip(column.values, cells))
    if wide:
        column.notes.append(f"{wide} student numbers had wide digits or invisible characters")
    _floats(column)
    _groups(column)
    for row, value in enumerate(column.values):
        fault = _damage(value)
        exact = _exact(value)
        if exact:
            column.values[row] = exact
            column.notes.append(f"'{value}' was read as the student number {exact}")
        elif fault:
            column.faults[row] = f"'{value}' {fault}"
    del column.notes[5:]
    return column


def _floats(column: NumberColumn) -> None:
    """1001.0 is 1001, unless another number of the column has a fraction."""
    found = [_FLOAT.fullmatch(value) for value in column.values]
    if not any(found) or any(map(_FRACTION.fullmatch, column.values)):
        return
    if any(v.startswith("0") and len(v) > 1 and not v.startswith(("0.", "0,"))
           for v in column.values):  # fmt: skip
        return  # numbers with zeros in front were never floats
    column.values = [f[1] if f else value for f, value in zip(found, column.values)]
    column.notes.append(f"{sum(map(bool, found))} student numbers ended in .0, which was left out")


def _groups(column: NumberColumn) -> None:
    """1,001 is 1001 if all numbers are written so; a point may also belong to a code."""
    commas = [bool(_COMMA_GROUPS.fullmatch(value)) for value in column.values]
    points = [bool(_POINT_GROUPS.fullmatch(value)) for value in column.values]
    for found, certain in (
        (commas, True),
        (points, any(value.count(".") > 1 for value, p in zip(column.values, points) if p)),
    ):
        if not any(found):
            continue
        rest = [v for v, f in zip(column.values, found) if not f and v]
        if certain and all(_PLAIN.fullmatch(v) and len(v) <= 3 for v in rest):
            column.values = [
                "".join(filter(str.isdigit, v)) if f else v for v, f in zip(column.values, found)
            ]
            column.notes.append(f"{sum(found)} student numbers had a thousands separator")
        else:
            column.faults.update(
                (row, f"'{column.values[row]}' may be a number with a thousands separator or a "
                      "code; export it as text")
                for row, f in enumerate(found) if f
            )  # fmt: skip


def _exact(value: str) -> str:
    """The number of a scientific notation that shows every digit, such as 2.02401000376E+11."""
    found = _SCIENTIFIC.fullmatch(value)
    if found and found[2] and len(found[2]) == int(found[4]) < _KEPT_DIGITS:
        return found[1] + found[2]
    return ""


def _damage(value: str) -> str:
    """Why the number cannot be known; "" if it is as good as it looks."""
    found = _SCIENTIFIC.fullmatch(value)
    if found and (found[2] or found[3]):
        return _CUT
    if (
        _PLAIN.fullmatch(value)
        and len(value) > _KEPT_DIGITS + 1
        and not value[_KEPT_DIGITS:].strip("0")
    ):
        return f"ends in zeros from digit {_KEPT_DIGITS + 1} on: it {_CUT}"
    if _DATE.fullmatch(value):
        return "is a date that a spreadsheet made of the number; export it as text"
    if value.upper() in ERRORS or (len(value) > 2 and not value.strip("#")):
        return "is an error of a spreadsheet"
    if "\ufffd" in value:
        return "has a character that cannot be read"
    return ""


def zeros_apart(
    numbers: Iterable[tuple[str, str]], known: Callable[[str, str], Iterable[str]]
) -> list[tuple[str, str]]:
    """Numbers that differ from a known one by zeros in front only.

    Args:
        numbers: school and number.
        known: gives those of a school by the number without its zeros.

    Returns:
        The number and the known one.
    """
    return [
        (number, other)
        for school, number in numbers
        for other in known(school, number.lstrip("0"))
        if other != number
    ]
