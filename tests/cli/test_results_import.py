"""What `reps results import` says, asks and takes back."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.cli import results_import
from edge_app.cli.main import main
from edge_app.cli.results_import import change_line, print_import
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.roster import SchoolClass, class_id
from edge_app.ledger.rosters.changes import Added, Change, Changed, Left, Moved, Renamed
from edge_app.ledger.rosters.found import BadCell, RosterFile
from edge_app.ledger.rosters.plan import Known, make_plan
from tests.ledger.making import make_student

ADA, ANA = make_student("Ada"), make_student("Ana")
OLD, NEW = (SchoolClass(class_id("", n), n) for n in ("PE 1", "PE 2"))
ROSTER = "ID,First name,Last name,Birthdate,Class\n7,Ada,Li,03/04/2014,7A\n8,Ben,Wu,05/06/2014,7A\n"


@pytest.fixture
def ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_ledger: Callable[..., Ledger]
) -> Ledger:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDGE_REPS_LEDGER", "ledger.sqlite")
    (tmp_path / "roster.csv").write_text(ROSTER)
    return open_ledger("ledger.sqlite")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody is at the terminal and gives these answers."""
    given: list[str] = []
    monkeypatch.setattr(results_import, "_somebody_is_there", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: given.pop(0))
    return given


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (Added(ADA, ("7B", "7A")), "added: Ada Ada (7), 7A, 7B"),
        (Changed(ADA, ANA), "changed: Ada Ada (7): first name Ada → Ana, last name Ada → Ana"),
        (Moved(ADA, (), ("7A",)), "moved: Ada Ada (7): (no class) → 7A"),
        (Left(ADA, ("7A",)), "left: Ada Ada (7), 7A"),
        (Renamed(OLD, NEW), "renamed: PE 1 → PE 2"),
    ],
)
def test_a_change_is_one_line(change: Change, line: str) -> None:
    assert change_line(change) == line


def test_of_many_bad_rows_the_first_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    file = RosterFile()
    file.notes.append("read as utf-8")
    for row in range(2, 62):
        file.refuse(BadCell("r.csv", row, "StudentID" if row > 2 else "", "is empty"))
    print_import(file, make_plan(file, Known()))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "read as utf-8" and len(lines) == 1 + 20 + 2
    assert lines[1:3] == ["bad: r.csv, row 2: is empty", "bad: r.csv, row 3, StudentID: is empty"]
    assert lines[-2] == "bad: and 40 more rows" and lines[-1].endswith("60 bad rows")


def test_a_script_is_asked_nothing(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", "import", "roster.csv"]) == 0
    said = capsys.readouterr().out
    assert "warning: the dates of birth were left out" in said and said.endswith("imported\n")
    assert "added: Ada Li (7), 7A" in said and "names: Ada Li · Ben Wu" in said
    assert [s.birth_date for s in ledger.roster.students()] == [None, None]


@pytest.mark.parametrize(
    ("given", "options", "stored"),
    [
        (["", "n"], [], []),
        (["", ""], [], []),
        (["d", "y"], [], ["2014-04-03", "2014-06-05"]),
        (["m", "yes"], [], ["2014-03-04", "2014-05-06"]),
        (["", "y"], [], ["None", "None"]),
        (["y"], ["--dates", "month-first"], ["2014-03-04", "2014-05-06"]),
        ([], ["--yes"], ["None", "None"]),
    ],
)
def test_a_person_is_asked(
    ledger: Ledger, answers: list[str], given: list[str], options: list[str], stored: list[str]
) -> None:
    answers += given
    assert main(["results", "import", "roster.csv", *options]) == 0
    assert answers == []
    assert [str(s.birth_date) for s in ledger.roster.students()] == stored


def test_the_last_import_is_taken_back(
    ledger: Ledger, answers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["results", "import", "roster.csv", "--yes"]) == 0
    answers += ["n", "y"]
    assert main(["results", "undo-import"]) == 0
    assert len(ledger.roster.students()) == 2
    assert main(["results", "undo-import"]) == 0
    said = capsys.readouterr().out
    assert "the last import: roster.csv, " in said and "taken back: 5 rows removed" in said
    assert ledger.roster.students() == [] == ledger.roster.classes()
    assert main(["results", "undo-import"]) == 2
    assert "there is no import to take back" in capsys.readouterr().err
