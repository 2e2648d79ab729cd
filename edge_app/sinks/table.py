"""One row per repetition, as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

from edge_app.pipeline.update import Result, Update
from edge_app.sinks.document import verdict_as_dict
from edge_app.sinks.files import FileSink

COLUMNS = ("number", "counted", "start_s", "extreme_s", "end_s", "score", "reasons")


class CsvSink(FileSink):
    """Writes one lane's repetitions.

    Args:
        path: of the .csv.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, newline="")

    def update(self, update: Update) -> None:
        """Writes all rows at the end: a verdict may change until then."""

    def finish(self, result: Result) -> None:
        """All rows."""
        writer = csv.writer(self._file)
        writer.writerow(COLUMNS)
        for verdict in result.attempt.verdicts if result.attempt else ():
            row = verdict_as_dict(verdict)
            row["reasons"] = " ".join(r.code for r in verdict.reasons)
            writer.writerow([row[column] for column in COLUMNS])
