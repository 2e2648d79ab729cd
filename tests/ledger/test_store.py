"""Disks that are full, servers that are gone, several programs at once: nothing is lost."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.ledger import Ledger
from tests.ledger.making import fill, make_start, make_verdict

Open = Callable[..., Ledger]


def test_a_full_disk_is_said_and_nothing_is_lost(small_disk: Path, open_ledger: Open) -> None:
    ledger = open_ledger(f"{small_disk}/ledger.sqlite")
    first = ledger.begin(make_start())
    assert first.add(make_verdict(1))
    filler = fill(small_disk)
    stored = [first.add(make_verdict(number)) for number in range(2, 40)]
    assert not stored[-1], "the disk was not full"
    assert first.problem == "The disk is full." and ledger.retry() == "The disk is full."
    seen = ledger.results.attempt(first.id).attempt.repetitions
    assert seen == 1 + sum(stored)  # whole transactions, or nothing
    second = ledger.begin(make_start())  # the next student need not wait
    second.add(make_verdict(1))
    assert ledger.pending == 39 - sum(stored) - 1 + 2
    with pytest.raises(InputError, match=r"disk is full\. Nothing was changed"):
        ledger.correct(first.id, "score", "3", "Ms Li", "seen")
    assert not first.overrule(39, False, "kiosk", "taken back")
    filler.unlink()
    assert first.end("time")
    assert ledger.retry() == ""
    newest, oldest = ledger.results.attempts()
    assert (newest.id, newest.repetitions) == (second.id, 1)
    assert (oldest.id, oldest.repetitions, oldest.ended) == (first.id, 39, "time")
    assert (oldest.counted, oldest.score) == (39, 38)
    with sqlite3.connect(small_disk / "ledger.sqlite") as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    file.close()


def test_several_programs_and_threads_write_at_once(url: str, open_ledger: Open) -> None:
    mats = [open_ledger(url, f"mat {i}", wait_s=20) for i in range(3)]
    problems: list[str] = []

    def record(ledger: Ledger) -> None:
        for _ in range(3):
            recording = ledger.begin(make_start())
            for number in range(1, 6):
                recording.add(make_verdict(number))
            recording.end("time")
            problems.append(recording.problem)

    threads = [threading.Thread(target=record, args=(mat,)) for mat in mats for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == [""] * 18
    assert [r.repetitions for r in mats[0].results.each()] == [5] * 18
    with mats[0]._database.read() as connection:
        seqs = [s for t in schema.EVENTS for s in connection.scalars(select(t.c.seq))]
        clocks = len(connection.execute(select(schema.clocks.c.id)).all())
    assert len(set(seqs)) == len(seqs) == 18 * 7 + clocks
    assert 1 <= clocks <= 3, "programs of one device may share theirs"


def test_a_row_stored_without_our_hearing_of_it_is_not_stored_twice(
    url: str, open_ledger: Open
) -> None:
    """The server committed, and the network went before it could say so."""
    ledger = open_ledger(url)
    recording = ledger.begin(make_start())
    store = ledger._store
    heard = store._append

    def deaf(rows: list) -> None:
        heard(rows)
        store._append = heard
        raise OperationalError("COMMIT", None, Exception("connection lost"))

    store._append = deaf
    assert not recording.add(make_verdict(1, codes=("knee",)))
    assert ledger.retry() == ""
    (repetition,) = ledger.results.attempt(recording.id).repetitions
    assert len(repetition.reasons) == 1


def test_a_server_that_is_gone_loses_nothing(
    postgresql: str, postgresql_url: str, open_ledger: Open
) -> None:
    import psycopg

    ledger = open_ledger(postgresql_url)
    recording = ledger.begin(make_start())
    recording.add(make_verdict(1))
    with psycopg.connect(postgresql.format("postgres"), autocommit=True) as admin:
        admin.execute("ALTER DATABASE ledger WITH ALLOW_CONNECTIONS false")
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'ledger'"
        )
        assert not recording.add(make_verdict(2))
        assert "cannot be reached" in recording.problem
        another = ledger.begin(make_start())
        admin.execute("ALTER DATABASE ledger WITH ALLOW_CONNECTIONS true")
    assert another.add(make_verdict(1)) and recording.end("time")
    assert [r.repetitions for r in ledger.results.attempts()] == [1, 2]
