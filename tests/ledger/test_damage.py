"""A damaged ledger gets one sentence, whichever command meets it, and exit code 2."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.cli.main import main
from edge_app.errors import InputError
from edge_app.ledger import damage as module
from edge_app.ledger.damage import damage, damage_said
from edge_app.ledger.ledger import Ledger
from tests.ledger.making import make_start, make_verdict

PAGE_BYTES = 4096
NOISE = bytes(random.Random(1).randrange(256) for _ in range(PAGE_BYTES))
COMMANDS = {
    "list": ["list"],
    "export": ["export", "out.csv"],
    "roster": ["export", "out.csv", "--roster"],
    "check": ["check"],
    "import": ["import", "roster.csv"],
    "correct": ["correct", "0", "--void", "--who", "Ms Li", "--why", "seen"],
    "sync": ["sync", "--to", "other.sqlite"],
    "forget": ["forget"],
}


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "ledger.sqlite"
    monkeypatch.setenv("EDGE_REPS_LEDGER", str(path))
    Path("roster.csv").write_text("StudentID,StudentFirstName,StudentLastName\n7,Ada,Li\n")
    ledger = Ledger(str(path))
    for _ in range(20):
        attempt = ledger.begin(make_start())
        attempt.add(make_verdict(1, codes=("knee",)))
        attempt.end("time")
    ledger.close()
    return path


def scribble(path: Path, page: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(page * PAGE_BYTES)
        file.write(content)


def root_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as file:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        page: int = file.execute(query, [table]).fetchone()[0]
    return page - 1


DAMAGES: dict[str, Callable[[Path], None]] = {
    "first page": lambda path: scribble(path, 0, bytes(PAGE_BYTES)),
    "attempts": lambda path: scribble(path, root_of(path, "attempts"), bytes(PAGE_BYTES)),
    "noise": lambda path: scribble(path, root_of(path, "repetitions"), NOISE),
    "cut": lambda path: os.truncate(path, path.stat().st_size // 2),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("kind", DAMAGES)
def test_one_sentence_everywhere(
    ledger: Path, capsys: pytest.CaptureFixture[str], command: str, kind: str
) -> None:
    DAMAGES[kind](ledger)
    before = ledger.read_bytes()
    assert main(["results", *COMMANDS[command]]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith(f"reps: the ledger {ledger} is damaged (")
    assert said.err.count("\n") == 1 and f"reps results rescue {ledger} NEW.sqlite" in said.err
    assert ledger.read_bytes() == before, "a damaged ledger is not written to"
    assert not Path("out.csv").exists()


@pytest.mark.parametrize("command", ["list", "export", "check"])
@pytest.mark.parametrize("kind", DAMAGES)
def test_a_large_one_is_not_checked_first_and_gets_its_sentence_all_the_same(
    ledger: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    kind: str,
) -> None:
    monkeypatch.setattr(module, "CHECKED_BYTES", 0)
    DAMAGES[kind](ledger)
    assert main(["results", *COMMANDS[command]]) == 2
    assert f"reps: the ledger {ledger} is damaged (" in capsys.readouterr().err


def test_a_whole_ledger_has_no_damage(ledger: Path) -> None:
    assert damage(ledger) == ""
    with pytest.raises(ZeroDivisionError), damage_said(str(ledger)):
        raise ZeroDivisionError  # a fault of ours stays one


def test_a_ledger_in_use_is_not_called_damaged(ledger: Path) -> None:
    with closing(sqlite3.connect(ledger, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        assert damage(ledger) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE attempts SET started_utc = 'yesterday'", "a row of attempts makes no sense"),
        ("UPDATE attempts SET rules = '{'", "a row of attempts makes no sense"),
        ("UPDATE attempts SET station_id = 'x' || substr(station_id, 2)", "of stations"),
        ("UPDATE repetitions SET attempt_id = '0' || substr(attempt_id, 2)", "of attempts"),
        ("UPDATE attempts SET exercise = CAST(X'ff' AS TEXT)", "of attempts makes no sense"),
    ],
)
def test_rows_that_make_no_sense(
    ledger: Path, capsys: pytest.CaptureFixture[str], change: str, said: str
) -> None:
    """A few bits are wrong in pages that SQLite calls whole."""
    with closing(sqlite3.connect(ledger)) as file:
        for table in ("attempts", "repetitions"):
            file.execute(f"DROP TRIGGER {table}_no_update")
        file.execute(change)
        file.commit()
    assert damage(ledger) == "" and said in damage(ledger, thorough=True)
    assert main(["results", "check"]) == 2
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
    if main(["results", "list"]) == 2:  # else the list has no use for the damaged value
        assert said in capsys.readouterr().err


def test_a_database_error_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a database URL"), damage_said("://"):
        pass


def test_a_schema_whose_names_are_damaged(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SQLite then says what is wrong in bytes that are no text."""
    content = ledger.read_bytes()
    name = b"CREATE TABLE attempts"
    ledger.write_bytes(content.replace(name, b"CREATE TABLE \x8e)tempts"))
    assert name in content
    for command in (["list"], ["check"]):
        assert main(["results", *command, "--ledger", str(ledger)]) == 2
        said = capsys.readouterr().err
        assert "is damaged (malformed database schema" in said and said.count("\n") == 1
