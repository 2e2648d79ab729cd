"""`reps results`, as it is typed."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Callable

import numpy as np
import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from openpyxl import load_workbook

from edge_app.cli.main import main
from edge_app.device.clock_sources import device_clocks
from edge_app.ledger.ledger import Ledger
from edge_app.sinks.document import read_document
from edge_app.values import Pose
from tests.ledger.making import make_start, make_verdict

ROSTER = "StudentID,StudentFirstName,StudentLastName,ClassName\n7,Ada,Li,7b\n8,Ben,=Wu,7b\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDGE_REPS_LEDGER", f"{tmp_path}/ledger.sqlite")


@pytest.fixture
def attempt(tmp_path: Path, open_ledger: Callable[..., Ledger]) -> str:
    """Ada's attempt of two repetitions, one rejected; the start of its id."""
    (tmp_path / "roster.csv").write_text(ROSTER)
    assert main(["results", "import", "roster.csv"]) == 0
    ledger = open_ledger(f"{tmp_path}/ledger.sqlite", "mat 1")
    (ada,) = [s for s in ledger.roster.students() if s.first_name == "Ada"]
    (group,) = ledger.roster.classes()
    recording = ledger.begin(make_start(ada.id, group.id))
    for number in (1, 2):
        points = np.full((18, 2), 10.0 * number, np.float32)
        recording.sample(Pose(points, points[:, 0] / 100, number / 30), 0.5, {"hip_deg": 90.0})
    recording.add(make_verdict(1))
    recording.add(make_verdict(2, counted=False, codes=("knee",)))
    recording.end("time")
    return recording.id.hex[:10]


def test_an_import_names_bad_rows_and_stores_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER + ",Cem,Xu,7b\n")
    assert main(["results", "import", "roster.csv"]) == 2
    said = capsys.readouterr()
    assert "bad: roster.csv, row 4, StudentID: is empty" in said.out
    assert "2 students in 1 classes: 2 new, 0 changed, 2 changes of class, 1 bad rows" in said.out
    assert said.err == "reps: 1 rows are bad; nothing was imported\n"
    assert main(["results", "import", "roster.csv", "--skip-bad", "--dry-run"]) == 0
    assert "imported" not in capsys.readouterr().out
    assert main(["results", "import", "roster.csv", "--skip-bad"]) == 0
    assert capsys.readouterr().out.endswith("imported\n")
    assert main(["results", "import", "roster.csv", "--skip-bad"]) == 0
    assert "0 new, 0 changed, 0 changes" in capsys.readouterr().out


def test_list_correct_and_list_again(attempt: str, capsys: pytest.CaptureFixture[str]) -> None:
    correct = ["results", "correct", attempt, "--who", "Ms Li", "--why", "seen from the front"]
    assert main([*correct, "--counted", "2"]) == 0
    assert main([*correct, "--student", "8"]) == 0
    capsys.readouterr()
    assert main(["results", "list", "--class", "7b"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(attempt[:8]) and "Ben =Wu" in line
    assert "   2 (counted 1)  time  knee 1" in line
    assert main(["results", "list", attempt]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "REJECTED   → stands  Mind your knee." in lines[2]
    assert lines[3].endswith("Ms Li: repetition 2 counted: seen from the front")
    assert main([*correct, "--void"]) == 0
    assert " void (counted 1)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["list", "ffff"], "no attempt id begins with ffff"),
        (["list", "%"], "'%' is not an attempt id"),
        (["list", "--class", "9z"], "no classes are called 9z"),
        (["export", "results.doc"], "must end in .csv, .xlsx or .json"),
        (["export", "poses.json"], "add --attempt"),
        (["export", "x.csv", "--attempt", "ab"], "--attempt works with a .json file"),
        (["export", "nowhere/x.csv"], "cannot write"),
        (["import", "nothing.csv"], "cannot read nothing.csv"),
        (["sync", "--to", "ftp://x/y"], "not a database URL"),
        (["forget", "--student", "99"], "no students have the number 99"),
        (["forget", "--names-days", "-1"], "days must be at least 0"),
        (["forget", "--evidence-days", "1000000"], "days must be at most 36500"),
        (["list", "--limit", "-1"], "--limit must be from 1 to"),
        (["list", "--ledger", "/proc/nothing/x.sqlite"], "cannot make the folder"),
    ],
)
def test_what_cannot_be_done_gets_one_sentence(
    attempt: str, command: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["results", *command]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_export_in_every_kind(
    attempt: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["results", "export", "results.csv", "--class", "7b"]) == 0
    assert main(["results", "export", "results.xlsx"]) == 0
    assert main(["results", "export", "fg.csv", "--fitnessgram"]) == 0
    assert main(["results", "export", "roster.csv", "--roster"]) == 0
    assert main(["results", "export", "none.csv", "--until", "2020-01-01"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if " rows in " in line] == [
        "1 rows in results.csv", "1 rows in results.xlsx", "0 rows in fg.csv",
        "2 rows in roster.csv", "0 rows in none.csv",
    ]  # fmt: skip
    assert load_workbook("results.xlsx").active["F2"].value == "Li"
    assert "'=Wu" in (tmp_path / "roster.csv").read_text("utf-8-sig")
    assert main(["results", "import", "roster.csv"]) == 0
    assert "0 new, 0 changed, 0 changes" in capsys.readouterr().out


def test_evidence_can_be_replayed(attempt: str) -> None:
    assert main(["results", "export", "poses.json", "--attempt", attempt]) == 0
    document = read_document(Path("poses.json"))
    assert [p.t_s for p in document.poses] == [1 / 30, 2 / 30]
    stored = json.loads(Path("poses.json").read_text())
    assert (document.protocol, document.exercise, stored["count"]) == ("test", "sit-up", 1)
    assert stored["frames"][0]["parameters"] == {"hip_deg": 90.0}


def test_check_finds_a_table_that_was_changed(
    attempt: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["results", "export", "results.csv"]) == 0
    assert main(["results", "check", "results.csv"]) == 0
    assert capsys.readouterr().out.endswith("no faults found\n")
    path = tmp_path / "results.csv"
    text = path.read_text("utf-8-sig")
    path.write_text(text.replace("test,1,yes", "test,9,yes"), "utf-8-sig")
    assert main(["results", "check", "results.csv"]) == 2
    assert "row 2: score is '9', but '1' in the ledger" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\r\n2", "\r\n2020-01-01,10:00\r\n2", "row 2: '' is not an attempt id"),  # cut
        (
            ",mat 1,,",
            ",mat 1,,2020-01-01,trusted,2020-01-01,0000\r\n",
            "row 2: no attempt id begins with 0000",
        ),
    ],
)
def test_check_names_a_row_that_is_of_no_attempt(
    attempt: str, tmp_path: Path, old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["results", "export", "results.csv"]) == 0
    path = tmp_path / "results.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    assert main(["results", "check", "results.csv"]) == 2
    assert said in capsys.readouterr().out


def test_the_last_day_and_the_largest_number_are_only_large(
    attempt: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["results", "list", "--since", "0001-01-01", "--until", "9999-12-31"]) == 0
    assert capsys.readouterr().out.startswith(attempt[:8])
    correct = ["results", "correct", attempt, "--who", "Ms Li", "--why", "seen"]
    assert main([*correct, "--counted", "9" * 20]) == 2
    assert "has no repetition 999" in capsys.readouterr().err


def test_check_finds_damaged_evidence(
    attempt: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as file:
        file.execute("DROP TRIGGER evidence_no_update")
        file.execute("UPDATE evidence SET data = substr(data, 1, length(data) - 40)")
        file.commit()
    assert main(["results", "check"]) == 2
    assert "a piece of evidence is damaged" in capsys.readouterr().out
    assert main(["results", "export", "poses.json", "--attempt", attempt]) == 2


def test_sync_and_forget(
    attempt: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["results", "sync", "--to", "server.sqlite"]) == 0
    assert main(["results", "sync", "--to", "server.sqlite"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == [
        "sent 7 events and 5 rows of the roster, fetched 0",
        "sent 0 events and 0 rows of the roster, fetched 0",
    ]
    assert main(["results", "forget", "--student", "7"]) == 0
    forget = ["results", "forget", "--evidence-days", "0"]
    none = replace(device_clocks(), synchronised=lambda: False, rtc_s=lambda: None, boot="first")
    monkeypatch.setattr("edge_app.cli.results.device_clocks", lambda rtc_trusted: none)
    assert main(forget) == 2
    assert "nothing was deleted: the clock is not trusted: it was" in capsys.readouterr().err
    right = replace(none, synchronised=lambda: True, built_s=0.0)
    monkeypatch.setattr("edge_app.cli.results.device_clocks", lambda rtc_trusted: right)
    assert main(forget) == 0
    assert "1 attempts lost their evidence, 0 students their names" in capsys.readouterr().out
    assert main(["results", "list"]) == 0
    assert "(forgotten)" in capsys.readouterr().out
