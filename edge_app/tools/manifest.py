"""The manifest of clips with known counts: a CSV file with one row per clip."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from pydantic import BeforeValidator, Field
from pydantic.dataclasses import dataclass
from typing_extensions import Annotated

from edge_app.errors import InputError
from edge_app.texts import read_text
from edge_app.validation import parse_values

NEGATIVE = "negative"  # the exercise of a clip without repetitions
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
    """

    path: Path
    exercise: str
    lowest: int
    highest: int
    times: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class _Row:
    """One row of the file; other columns are ignored."""

    file: str
    exercise: str
    count: Count
    count_min: Count | None = None
    count_max: Count | None = None
    rep_times: Annotated[tuple[tuple[float, float], ...], BeforeValidator(_spans)] = ()

    def __post_init__(self) -> None:
        if self.lowest > self.highest:
            raise ValueError(f"count_min {self.lowest} is above count_max {self.highest}")

    @property
    def lowest(self) -> int:
        return self.count if self.count_min is None else self.count_min

    @property
    def highest(self) -> int:
        return self.count if self.count_max is None else self.count_max


def read_manifest(path: Path) -> list[Clip]:
    """The clips of a manifest; files are relative to it.

    Columns: file, exercise, count; optional count_min, count_max and rep_times ("1.0-2.5;…").

    Raises:
        InputError: the file or one of its rows cannot be read.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(path), newline="")))
    except csv.Error as exc:
        raise InputError(f"cannot read the manifest {path}: {exc}") from exc
    if not rows:
        raise InputError(f"the manifest {path} has no rows")
    clips = []
    for number, cells in enumerate(rows, 2):
        given = {column: cell for column, cell in cells.items() if column and cell}
        row = parse_values(_Row, given, f"{path}, line {number}")
        place = path.parent / row.file
        clips.append(Clip(place, row.exercise, row.lowest, row.highest, row.rep_times))
    return clips
