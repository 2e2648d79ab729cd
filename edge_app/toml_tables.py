"""Frozen dataclasses from TOML files, every key checked: unknown, missing, of a wrong value."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence, TypeVar

import tomli

from edge_app.errors import InputError

T = TypeVar("T")


def read_tables(
    path: Path,
    kind: type[T],
    tables: Mapping[str, type],
    choices: Mapping[str, Sequence[str]],
    renamed: Mapping[str, str] | None = None,
) -> T:
    """One dataclass from one TOML file.

    Args:
        path: the file.
        kind: a dataclass whose fields are str, int, float, bool, tuples of str, or (tuples of)
            tables.
        tables: the dataclass of each key that holds a table or a list of tables.
        choices: the allowed texts of each key that has a closed set of them.
        renamed: old names of keys of the file's top level, with the names that replaced them.

    Raises:
        InputError: the file cannot be read, or a key is unknown, missing or of a wrong value.
    """
    try:
        table = tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise InputError(f"{path}: {error}") from error
    for old, new in (renamed or {}).items():
        if old in table:
            if new in table:
                raise InputError(f"{path}: '{old}' is the old name of '{new}': keep one of them")
            table[new] = table.pop(old)
    return _Reader(path, tables, choices).build(kind, table, "")


def find_named(what: str, name: str, folder: Path, load: Callable[[Path], T]) -> T:
    """The one of a folder's files with this name or alias; case, spaces, '-' and '_' do not matter.

    Raises:
        InputError: there is none, or a file is broken.
    """
    known = []
    for path in sorted(folder.glob("*.toml")):
        one: Any = load(path)
        if _plain(name) in [_plain(n) for n in (one.name, *one.aliases)]:
            return one
        known.append(one.name)
    raise InputError(f"no {what} '{name}' in {folder}; there are {', '.join(known)}")


def _plain(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


class _Reader:
    """What every level of one file needs to know."""

    def __init__(
        self, path: Path, tables: Mapping[str, type], choices: Mapping[str, Sequence[str]]
    ) -> None:
        self._path, self._tables, self._choices = path, tables, choices

    def build(self, kind: type[T], table: dict[str, Any], where: str) -> T:
        """`where` is the dotted prefix for messages."""
        fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
        for key in table:
            if key not in fields:
                raise InputError(f"{self._path}: unknown key '{where}{key}'")
        values = {}
        for key, field in fields.items():
            if key in table:
                values[key] = self._value(key, str(field.type), table[key], where)
            elif field.default is field.default_factory is dataclasses.MISSING:
                raise InputError(f"{self._path}: missing key '{where}{key}'")
        return kind(**values)

    def _value(self, key: str, kind: str, value: Any, where: str) -> Any:
        name = f"{where}{key}"
        if key in self._tables:
            return self._table(key, kind.startswith("tuple"), value, name)
        if kind == "bool":
            self._require(isinstance(value, bool), name, "true or false")
            return value
        if kind == "int":
            whole = isinstance(value, int) and not isinstance(value, bool)
            self._require(whole, name, "whole number")
            return value
        if kind == "float":
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            number = number and not math.isnan(value)  # NaN would slip through every check
            self._require(number, name, "number")
            return float(value)
        if kind == "str":
            self._require(isinstance(value, str), name, "text")
            self._choose(key, [value], f"'{name}' is")
            return value
        strings = isinstance(value, list) and all(isinstance(v, str) for v in value)
        self._require(strings, name, "list of texts")
        self._choose(key, value, f"'{name}' has")
        return tuple(value)

    def _table(self, key: str, many: bool, value: Any, name: str) -> Any:
        kind = self._tables[key]
        if not many:
            self._require(isinstance(value, dict), name, "table")
            return self.build(kind, value, f"{name}.")
        tables = isinstance(value, list) and all(isinstance(v, dict) for v in value)
        self._require(tables, name, "list of tables")
        return tuple(self.build(kind, v, f"{name}[{i}].") for i, v in enumerate(value))

    def _choose(self, key: str, values: list[str], said: str) -> None:
        allowed = self._choices.get(key, values)
        for value in values:
            if value not in allowed:
                listed = ", ".join(allowed)
                raise InputError(f"{self._path}: {said} '{value}', not one of {listed}")

    def _require(self, right: bool, name: str, wanted: str) -> None:
        if not right:
            raise InputError(f"{self._path}: '{name}' must be a {wanted}")
