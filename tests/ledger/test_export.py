"""Tables out, and in again."""

from __future__ import annotations

import csv
import dataclasses
import io
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from edge_app.ledger import export
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.records import AttemptRecord
from edge_app.ledger.roster import (
    SchoolClass,
    Student,
    class_id,
)
from edge_app.session.protocol import find_protocol
from tests.ledger.making import NASTY, as_csv, make_start, make_student, make_verdict

TODAY = date(2026, 11, 22)


@pytest.fixture
def record(tmp_path: Path, open_ledger: Callable[..., Ledger]) -> AttemptRecord:
    at = datetime(2026, 11, 22, 23, 30, tzinfo=timezone.utc)
    ledger = open_ledger(f"{tmp_path}/ledger.sqlite", now=lambda: at)
    recording = ledger.begin(make_start())
    recording.add(make_verdict(1))
    recording.add(make_verdict(2, counted=False, codes=("knee",)))
    recording.end("time")
    return ledger.correct(recording.id, "score", "2", "Ms Li", "seen")


@pytest.mark.parametrize("name", NASTY)
def test_results_come_back_and_never_run(record: AttemptRecord, name: str) -> None:
    group = SchoolClass(class_id("", name), name)
    record = dataclasses.replace(
        record, student=make_student(name), school_class=group, station=name
    )
    row = export.result_row(record, timezone.utc)
    data = as_csv(export.RESULT_COLUMNS, [row])
    (back,) = export.read_table(data, "results.csv")
    assert back == dict(zip(export.RESULT_COLUMNS, map(str, row)))
    assert back["score"] == "2" and back["machine_count"] == "1" and back["faults"] == "knee 1"
    assert (back["date"], back["time"]) == ("2026-11-22", "23:30:00")

    file = io.BytesIO()
    assert export.write_xlsx(file, "Results", export.RESULT_COLUMNS, [row]) == 1
    sheet = load_workbook(file).active
    cells = dict(zip(export.RESULT_COLUMNS, sheet[2]))
    assert cells["last_name"].value == name and cells["last_name"].data_type == "s"
    assert cells["score"].value == 2 and cells["score"].data_type == "n"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1, max_size=8))
def test_no_text_cell_of_a_table_runs(texts: list[str]) -> None:
    data = as_csv(("a",) * len(texts), [texts]).decode("utf-8-sig")
    _, cells = csv.reader(io.StringIO(data, newline=""))
    assert not any(cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for cell in cells)


def test_control_characters_do_not_stop_a_workbook() -> None:
    file = io.BytesIO()
    export.write_xlsx(file, "Results", ("why",), [["a\x07b\x0c"]])
    assert load_workbook(file).active["A2"].value == "a b "


def test_the_fitnessgram_file_has_the_best_of_each_day(
    url: str, open_ledger: Callable[..., Ledger]
) -> None:
    day = [datetime(2026, 11, 20, 9, tzinfo=timezone.utc)]
    ledger = open_ledger(url, now=lambda: day[0])
    ada, ben = make_student("Ada"), make_student("Ben", "8")
    ledger.roster.put([ada, ben])

    def record(student: Student | None, protocol: str, counted: int) -> AttemptRecord:
        start = dataclasses.replace(make_start(), protocol=find_protocol(protocol))
        if student:
            start = dataclasses.replace(start, student_id=student.id)
        recording = ledger.begin(start)
        for number in range(1, counted + 1):
            recording.add(make_verdict(number))
        recording.end("strikes")
        return ledger.results.attempt(recording.id).attempt

    record(ada, "fitnessgram-curl-up", 3)
    best = record(ada, "fitnessgram-curl-up", 5)
    ledger.correct(best.id, "score", "80", "Ms Li", "counted by hand")  # more than the test allows
    record(ada, "fitnessgram-push-up", 4)
    wrong = record(ben, "fitnessgram-push-up", 9)
    ledger.correct(wrong.id, "validity", "void", "Ms Li", "fell off the mat")
    record(ben, "china-sit-up", 6)
    cem = make_student("Cem", "9")
    ledger.roster.put([cem])
    record(cem, "fitnessgram-push-up", 8)
    ledger.roster.erase(cem.id)
    record(None, "fitnessgram-push-up", 7)
    day[0] = day[0].replace(day=21)
    record(ada, "fitnessgram-push-up", 2)
    rows = list(export.fitnessgram_rows(ledger.results.each(), timezone.utc))
    assert [dict(zip(export.FITNESSGRAM_COLUMNS, row)) for row in rows] == [
        {"SchoolID": "", "StudentID": "7", "StudentFirstName": "Ada", "StudentLastName": "Ada",
         "StudentMiddleInitial": "", "StudentGrade": "8", "StudentGender": "f",
         "Test Date": "11/20/2026", "Curl Up": 75, "Push Up": 4},
        {"SchoolID": "", "StudentID": "7", "StudentFirstName": "Ada", "StudentLastName": "Ada",
         "StudentMiddleInitial": "", "StudentGrade": "8", "StudentGender": "f",
         "Test Date": "11/21/2026", "Curl Up": "", "Push Up": 2},
    ]  # fmt: skip
