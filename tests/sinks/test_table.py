"""Repetitions as CSV."""

from __future__ import annotations

from pathlib import Path

from edge_app.sinks.table import CsvSink
from tests.sinks.made import attempt, pose, result, update


def test_csv_has_one_row_a_repetition(tmp_path: Path) -> None:
    with CsvSink(tmp_path / "a.csv") as sink:
        sink.update(update(pose(0.0)))
        sink.finish(result(attempt()))
    rows = (tmp_path / "a.csv").read_text().splitlines()
    assert rows[0] == "number,counted,start_s,extreme_s,end_s,score,reasons"
    assert rows[2] == "2,False,2.0,2.5,3.0,0.0,incomplete"


def test_csv_of_an_empty_clip_has_its_head(tmp_path: Path) -> None:
    with CsvSink(tmp_path / "a.csv") as sink:
        sink.finish(result(None))
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 1
