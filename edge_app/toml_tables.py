"""Checked values from TOML files; errors name file, line and key."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, Callable, Mapping, TypeVar

import tomli

from edge_app.errors import InputError
from edge_app.texts import read_text
from edge_app.validation import Place, WrongValueError, near_miss, parse_json

T = TypeVar("T")
MOST_BYTES = 1_000_000  # of a file that people write
_LONG_NUMBER = re.compile(r"\d{41,}")


def read_tables(path: Path, kind: type[T], renamed: Mapping[str, str] | None = None) -> T:
    """Reads one value from one TOML file.

    Args:
        path: the file: UTF-8, with or without a byte order mark, or UTF-16 with one.
        kind: a class as `edge_app.validation` describes it.
        renamed: old names of keys of the file's top level, with the names that replaced them.

    Raises:
        InputError: the file cannot be read, or a key is unknown, missing or has an invalid value.
    """
    return parse_tables(read_text(path, MOST_BYTES), kind, str(path), renamed)


def parse_tables(
    text: str, kind: type[T], source: str, renamed: Mapping[str, str] | None = None
) -> T:
    """Reads one value from a TOML text; error messages begin with `source`.

    Raises:
        InputError: the text is not TOML, or a key is unknown, missing or has an invalid value.
    """
    digits = _LONG_NUMBER.search(text)
    if digits:
        at = text.count("\n", 0, digits.start()) + 1
        raise InputError(f"{source}, line {at}: the number {digits[0][:10]}… is too large")
    try:
        table = tomli.loads(text, parse_float=_number)
    except tomli.TOMLDecodeError as exc:
        raise InputError(f"{source}: {exc}") from exc
    except RecursionError as exc:
        raise InputError(f"{source}: it is nested too deeply") from exc
    for old, new in (renamed or {}).items():
        if old in table:
            if new in table:
                raise InputError(f"{source}: '{old}' is the old name of '{new}': keep one of them")
            table[new] = table.pop(old)
    try:
        # As JSON, because pydantic then takes lists for tuples and converts nothing else. A date,
        # which no key has, becomes its text.
        as_json = json.dumps(table, default=str)
        if "\\u0000" in as_json:
            raise InputError("there is a zero byte in a text")
        return parse_json(kind, as_json)
    except WrongValueError as exc:
        line = _line_of(text, exc.place)
        raise InputError(f"{source}{f', line {line}' if line else ''}: {exc}") from exc
    except RecursionError as exc:
        raise InputError(f"{source}: it is nested too deeply") from exc
    except InputError as exc:  # a class of another room checks itself
        raise InputError(f"{source}: {exc}") from exc


def find_named(what: str, name: str, folder: Path, load: Callable[[Path], T]) -> T:
    """Finds a folder's file by name or alias; case, spaces, '-' and '_' do not matter.

    Raises:
        InputError: there is none, or a file is broken.
    """
    known, names = [], []
    for path in sorted(folder.glob("*.toml")):
        one: Any = load(path)
        if _plain(name) in [_plain(n) for n in (one.name, *one.aliases)]:
            found: T = one
            return found
        known.append(one.name)
        names += [one.name, *one.aliases]
    hint = near_miss(name, names)
    raise InputError(f"no {what} '{name}' in {folder}; choose from {', '.join(known)}{hint}")


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _number(text: str) -> Any:
    """NaN would pass every comparison and 1e999 become infinite: they stay texts, no numbers."""
    number = float(text)
    infinite = math.isinf(number) and "inf" not in text
    return text if infinite or math.isnan(number) else number


def _line_of(text: str, place: Place) -> int | None:
    """The line where a place begins, or where a missing key belongs; None if it is not found.

    Uses the parser itself: finds the shortest prefix of the file that is TOML and has the place.
    Only lines that name the key are tried, so that a long file takes no longer.
    """
    if not any(isinstance(part, str) for part in place):
        return None
    key = [part for part in place if isinstance(part, str)][-1]
    lines = [f"{line}\n" for line in text.split("\n")]  # as TOML counts them
    for first, line in enumerate(lines):
        if key not in line:
            continue
        for end in range(first + 1, len(lines) + 1):
            try:
                table = tomli.loads("".join(lines[:end]))
            except tomli.TOMLDecodeError:
                continue  # a list or text over several lines
            if _has(table, place):
                return first + 1
            break
    return _line_of(text, place[:-1])  # it is missing: its table is there


def _has(table: Any, place: Place) -> bool:
    for part in place:
        try:
            table = table[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True
