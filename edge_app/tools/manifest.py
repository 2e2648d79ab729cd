"""The manifest of clips with known counts: a CSV file with one row per clip."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from pydantic import BeforeValidator, Field
from pydantic.dataclasses import dataclass
from typing_extensions import Annotated

from edge_app.errors import InputError
from edge_app.texts import read_text
from edge_app.validation import parse_values

NEGATIVE = "negative"  # the exercise of a clip without repetitions
UNNAMED = "unnamed"  # the kind of a clip whose row names none
Count = Annotated[int, Field(ge=0)]


def _spans(text: str) -> tuple[tuple[str, ...], ...]:
    """ "0.5-1.5;2-3.25" → (("0.5", "1.5"), ("2", "3.25"))."""
    return tuple(tuple(span.split("-")) for span in text.split(";") if span)


@dataclass(frozen=True)
class Clip:
    """One clip.

    Attributes:
        exercise: its name, or `NEGATIVE`.
        lowest, highest: range of correct counts.
        times: start and end of each repetition in seconds, if known.
        maker: who made the clip; "" if unknown. Clips of one maker are alike.
        kind: of the movement in a clip with nothing to count, such as "walking".
        tuned: whether the counter's settings were chosen with this maker's clips in view.
    """

    path: Path
    exercise: str
    lowest: int
    highest: int
    times: tuple[tuple[float, float], ...]
    maker: str = ""
    kind: str = UNNAMED
    tuned: bool = False


@dataclass(frozen=True)
class _Row:
    """One row of the file; other columns are ignored."""

    file: str
    exercise: str
    count: Count
    count_min: Count | None = None
    count_max: Count | None = None
    rep_times: Annotated[tuple[tuple[float, float], ...], BeforeValidator(_spans)] = ()
    maker: str = ""
    repo: str = ""
    notes: str = ""

    def __post_init__(self) -> None:
        if self.lowest > self.highest:
            raise ValueError(f"count_min {self.lowest} is above count_max {self.highest}")

    @property
    def lowest(self) -> int:
        return self.count if self.count_min is None else self.count_min

    @property
    def highest(self) -> int:
        return self.count if self.count_max is None else self.count_max


def read_manifest(path: Path, tuned_first: int = 0) -> list[Clip]:
    """The clips of a manifest; files are relative to it.

    Columns: file, exercise, count; optional count_min, count_max, rep_times ("1.0-2.5;…"), maker
    (or repo), and notes, which begin with a negative clip's kind ("walking; …").

    Args:
        path: of the file.
        tuned_first: the counter was tuned on the makers of so many first rows.

    Raises:
        InputError: the file or one of its rows cannot be read.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(path), newline="")))
    except csv.Error as exc:
        raise InputError(f"cannot read the manifest {path}: {exc}") from exc
    if not rows:
        raise InputError(f"the manifest {path} has no rows")
    found = []
    for number, cells in enumerate(rows, 2):
        given = {column: cell for column, cell in cells.items() if column and cell}
        found.append(parse_values(_Row, given, f"{path}, line {number}"))
    makers = {row.maker or row.repo for row in found[:tuned_first]} - {""}
    return [
        _clip(row, path.parent, n < tuned_first or (row.maker or row.repo) in makers)
        for n, row in enumerate(found)
    ]


def _clip(row: _Row, folder: Path, tuned: bool) -> Clip:
    kind = re.match(r"([a-z_]+);", row.notes)
    return Clip(
        folder / row.file, row.exercise, row.lowest, row.highest, row.rep_times,
        row.maker or row.repo, kind[1] if kind else UNNAMED, tuned,
    )  # fmt: skip
