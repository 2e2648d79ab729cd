"""A table of texts for a terminal and for Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence


@dataclass(frozen=True)
class Table:
    """A heading, the names of the columns, and rows of as many texts.

    Attributes:
        note: one paragraph between heading and table; may be "".
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def text(self) -> str:
        """For a terminal: the first column to the left, numbers to the right."""
        lines = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines)]
        said = [
            "  ".join(
                cell.rjust(width) if n else cell.ljust(width)
                for n, (cell, width) in enumerate(zip(line, widths))
            ).rstrip()
            for line in lines
        ]
        return "\n".join([self.title, *([self.note] if self.note else []), *said])

    def markdown(self) -> str:
        """For a page: a second-level heading and a table."""
        lines = [self.columns, ["---"] + ["--:"] * (len(self.columns) - 1), *self.rows]
        said = ["| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines]
        note = [self.note, ""] if self.note else []
        return "\n".join([f"## {self.title}", "", *note, *said])
