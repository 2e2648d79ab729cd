"""The file of `reps accept`: written whole after every step, read for a comparison."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass
from typing_extensions import Literal

from edge_app import __version__
from edge_app.device.hardware import board_name, l4t_release
from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.texts import read_text, strict_json
from edge_app.validation import CLOSED, WrongValueError, parse_json

FORMAT: Final = "edge-reps accept 1"
State = Literal["passed", "failed", "skipped", "stopped"]


@dataclass(frozen=True, config=CLOSED)
class StepResult:
    """What became of one step.

    Attributes:
        said: the result, or why there is none, in a sentence.
        began: time in UTC, ISO 8601.
        found: the figures.
    """

    state: State
    said: str
    began: str
    seconds: float
    found: dict[str, Any]


@dataclass(config=CLOSED)
class Report:
    """All steps so far on one machine."""

    board: str
    l4t: str
    steps: dict[str, StepResult]
    made_by: str = f"edge-reps {__version__}"
    format: Literal["edge-reps accept 1"] = FORMAT

    @property
    def failed(self) -> list[str]:
        """Names of the steps that failed."""
        return [name for name, step in self.steps.items() if step.state == "failed"]


def new_report(root: Path) -> Report:
    """An empty report of this machine."""
    return Report(board_name(root), l4t_release(root) or "", {})


def default_path(report: Report, today: date) -> Path:
    """accept-BOARD-DATE.json in the current folder."""
    board = re.sub(r"[^a-z0-9]+", "-", report.board.lower()).strip("-")[:40].strip("-")
    return Path(f"accept-{board or 'machine'}-{today.isoformat()}.json")


def as_json(report: Report) -> str:
    """The file's text."""
    plain = TypeAdapter(Report).dump_python(report)
    return json.dumps(plain, indent=1, ensure_ascii=False, default=str) + "\n"


def write_report(path: Path, report: Report) -> None:
    """Writes the file completely, or leaves the earlier one.

    Raises:
        InputError: the folder cannot be written to, or the disk is full.
    """
    try:
        with whole_file(path) as part:
            part.write_text(as_json(report), encoding="utf-8")
    except OSError as exc:
        raise InputError(f"cannot write {path}: {exc.strerror}") from exc


def read_report(path: Path) -> Report:
    """A file of `reps accept`.

    Raises:
        InputError: it cannot be read, is not of `reps accept` or of another version's, or damaged.
    """
    text = read_text(path)
    try:
        plain = strict_json(text)
    except ValueError as exc:
        raise InputError(f"{path} is not a file of `reps accept`: {exc}") from exc
    found = plain.get("format") if isinstance(plain, dict) else None
    if found != FORMAT:
        other = isinstance(found, str) and found.startswith(FORMAT.rpartition(" ")[0])
        why = f"its format is {found!r}, not {FORMAT!r}" if other else "it is something else"
        raise InputError(f"{path} is not a file of this version's `reps accept`: {why}")
    try:
        return parse_json(Report, text.lstrip("\ufeff"))
    except WrongValueError as exc:
        raise InputError(f"{path} is damaged: {exc}") from exc


def continued(path: Path, report: Report) -> Report:
    """The report to go on with when only some steps run: the file's, if it is of this machine.

    Raises:
        InputError: the file cannot be read, or is of another machine or program.
    """
    if not path.exists():
        return report
    earlier = read_report(path)
    for name in ("board", "l4t", "made_by"):
        was, now = getattr(earlier, name), getattr(report, name)
        if was != now:
            raise InputError(f"{path} is of {was or 'no Jetson'}, not of {now}: give another --out")
    return earlier
