"""Counts that are kept as soon as they are made, so that a long run can be stopped and resumed."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Tuple

from edge_app.errors import InputError

Key = Tuple[str, str, str, int]


@dataclass(frozen=True)
class Row:
    """The count of one changed clip.

    Attributes:
        made_by: digest of everything the count depends on beside the clip.
        file: the clip's name.
        variant: name of the change.
        draw: its number, from 0.
        counted: the count.
    """

    made_by: str
    file: str
    variant: str
    draw: int
    counted: int

    @property
    def key(self) -> Key:
        """What makes it one row."""
        return (self.made_by, self.file, self.variant, self.draw)


class Rows:
    """A file of rows, one JSON object a line; rows made by something else stay and do not count.

    Args:
        path: of the file; need not exist. A last line that was cut off is removed.

    Raises:
        InputError: the file cannot be read, or is another kind of file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[Key, Row] = {}
        try:
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            whole = text[: text.rfind("\n") + 1]
            for line in whole.splitlines():
                row = Row(**json.loads(line))
                self._rows[row.key] = row
            if not whole and text:
                raise ValueError("no whole row")
            if whole != text:
                path.write_text(whole, encoding="utf-8")
        except (OSError, ValueError, TypeError) as exc:
            raise InputError(f"{path} does not hold the rows of --robust: {exc}") from exc

    def get(self, key: Key) -> Row | None:
        """The row, if it was made before."""
        return self._rows.get(key)

    def add(self, row: Row) -> None:
        """Keeps a row, on disk as well.

        Raises:
            InputError: the file cannot be written.
        """
        self._rows[row.key] = row
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(row)) + "\n")
        except OSError as exc:
            raise InputError(f"cannot write {self._path}: {exc.strerror}") from exc
