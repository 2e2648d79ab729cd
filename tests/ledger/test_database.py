"""URLs, folders, marks and what a failing database means."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from sqlalchemy.exc import OperationalError

from edge_app.errors import InputError
from edge_app.ledger.database import Database, lock_file, parse_url, said, take_seq
from edge_app.ledger.ledger import Ledger
from tests.ledger.making import make_start, make_verdict

Open = Callable[..., Ledger]


def test_a_database_that_gives_no_reason_gets_a_sentence_too() -> None:
    silent = OperationalError("SELECT", None, Exception(""))
    assert said(silent) == "The ledger cannot be reached: no reason given."


def test_a_folder_that_cannot_be_made_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot make the folder"):
        Ledger(f"{tmp_path}/file/ledger.sqlite")


def test_a_second_kiosk_does_not_end_the_attempts_of_the_first(url: str, open_ledger: Open) -> None:
    first = open_ledger(url, "mat 1")
    first.close_unfinished()
    running = first.begin(make_start())
    second = open_ledger(url, "mat 1", wait_s=0.1)
    with pytest.raises(InputError, match="another kiosk already uses"):
        second.close_unfinished()
    running.add(make_verdict(1))
    first.close()
    assert [a.id for a in second.close_unfinished()] == [running.id]
    assert second.close_unfinished() == []


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("results.sqlite", "sqlite:///results.sqlite"),
        ("/var/lib/l.sqlite", "sqlite:////var/lib/l.sqlite"),
        ("postgresql://me:secret@host/db", "postgresql+psycopg://me:***@host/db"),
    ],
)
def test_a_path_is_a_url_too(given: str, used: str) -> None:
    assert parse_url(given).render_as_string(hide_password=True) == used


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("://", "not a database URL"),
        ("ftp://x/y", "not a database URL"),
        ("postgresql://host:port/db", "not a database URL"),
        ("mysql://host/db", "must be sqlite or postgresql, not mysql"),
        ("sqlite://", "names no file"),
        (":memory:", "names no file"),
    ],
)
def test_what_is_no_ledgers_url(given: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        parse_url(given)


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("database or disk is full", "The disk is full."),
        ("database is locked", "Another program holds the ledger."),
        ("canceling statement due to lock timeout\nmore", "Another program holds the ledger."),
        ("file is not a database", "The ledger is damaged: file is not a database."),
        ("connection refused\nIs it running?", "The ledger cannot be reached: connection refused."),
    ],
)
def test_a_failing_database_in_one_sentence(message: str, sentence: str) -> None:
    assert said(OperationalError("SELECT", None, Exception(message))) == sentence


def test_numbers_are_taken_once_and_those_of_a_failed_transaction_again(empty_url: str) -> None:
    database = Database(empty_url)
    database.migrate()
    with database.write() as connection:
        assert take_seq(connection, 3) == 1
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        assert take_seq(connection, 5) == 4
        raise ZeroDivisionError
    with database.write() as connection:
        assert (take_seq(connection, 1), take_seq(connection, 0)) == (4, 5)
    database.close()


def test_the_mark_of_the_one_kiosk_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with lock_file(path), pytest.raises(InputError, match="another kiosk already uses"):
        lock_file(path)
    lock_file(path).close()
    with pytest.raises(InputError, match="cannot write"):
        lock_file(tmp_path / "gone" / "ledger.sqlite")


def test_nobody_else_reads_a_ledger(tmp_path: Path, open_ledger: Callable[..., Ledger]) -> None:
    """Whatever the umask; and one that others could read is made private."""
    path = tmp_path / "ledger.sqlite"
    before = os.umask(0)
    try:
        ledger = open_ledger(str(path))
        ledger.close_unfinished()  # takes the kiosk's lock
        assert ledger.begin(make_start()).add(make_verdict(1))
    finally:
        os.umask(before)
    made = sorted(tmp_path.iterdir())
    assert [p.name[13:] for p in made] == ["", "-shm", "-wal", ".lock"]
    assert {oct(p.stat().st_mode & 0o777) for p in made} == {"0o600"}
    for one in made:
        one.chmod(0o644)
    open_ledger(str(path))
    assert {oct(p.stat().st_mode & 0o777) for p in made} == {"0o600"}
