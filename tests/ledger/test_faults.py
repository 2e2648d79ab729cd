"""Disks that are full, databases that are held or damaged, several programs at once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Iterator

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.database import lock_file, said
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.recovery import move_aside_if_unusable
from tests.ledger.making import make_start, make_verdict

Open = Callable[..., Ledger]
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a small file system here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with pytest.raises(OSError, match="No space"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    return filler


def test_a_full_disk_is_said_and_nothing_is_lost(small_disk: Path, open_ledger: Open) -> None:
    ledger = open_ledger(f"{small_disk}/ledger.sqlite")
    first = ledger.begin(make_start())
    assert first.add(make_verdict(1))
    filler = _fill(small_disk)
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


def test_a_ledger_on_a_full_disk_is_not_called_damaged(small_disk: Path, open_ledger: Open) -> None:
    path = small_disk / "ledger.sqlite"
    ledger = Ledger(str(path))
    ledger.begin(make_start()).add(make_verdict(1))
    ledger.close()
    filler = _fill(small_disk)
    with pytest.raises(InputError, match="the disk is full"):
        Ledger(str(path), move_aside=True)
    filler.unlink()
    again = open_ledger(str(path), move_aside=True)
    assert again.notes == [] and len(again.results.attempts()) == 1


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A ledger that another program holds, in the middle of a transaction."""
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(str(path))
    ledger.begin(make_start()).add(make_verdict(1))
    ledger.close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    holder.execute("INSERT INTO stations VALUES ('a', 'b', 'from the holder')")
    yield path
    holder.execute("COMMIT")
    holder.close()


def test_a_held_ledger_is_moved_aside_and_both_go_on(held: Path, open_ledger: Open) -> None:
    with pytest.raises(InputError, match="Another program holds"):
        Ledger(str(held), wait_s=0.1)
    ledger = open_ledger(str(held), now=lambda: NOON, wait_s=0.1, move_aside=True)
    aside = held.with_name("ledger-aside-20261122T120000Z-1.sqlite")
    assert ledger.notes == [
        f"The ledger {held} was held by another program. It is kept as {aside.name}; "
        "a new one was started."
    ]
    assert ledger.results.attempts() == []
    recording = ledger.begin(make_start())
    assert recording.add(make_verdict(1))
    assert aside.stat().st_size > 0


def test_the_ledger_of_a_running_kiosk_is_not_moved(held: Path, open_ledger: Open) -> None:
    with lock_file(held), pytest.raises(InputError, match="another kiosk already uses"):
        open_ledger(str(held), wait_s=0.1, move_aside=True)
    assert held.exists()


def test_what_the_holder_commits_later_is_in_the_old_ledger(
    tmp_path: Path, open_ledger: Open
) -> None:
    path = tmp_path / "ledger.sqlite"
    holder = open_ledger(str(path))
    recording = holder.begin(make_start())
    with holder._database.write():  # in the middle of something
        ledger = open_ledger(str(path), now=lambda: NOON, wait_s=0.1, move_aside=True)
        assert ledger.begin(make_start()).add(make_verdict(1))
    recording.add(make_verdict(1))
    holder.close()
    assert len(ledger.results.attempts()) == 1
    assert ledger.begin(make_start()).add(make_verdict(1))
    ledger.close()
    assert len(open_ledger(str(path)).results.attempts()) == 2


def _scribble(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 3 * 4096)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"not a database at all" * 500), id="other"),
        pytest.param(_scribble, id="scribbled"),
        pytest.param(lambda path: os.truncate(path, path.stat().st_size // 2), id="cut"),
    ],
)
def test_a_damaged_ledger_is_moved_aside_with_its_log(
    tmp_path: Path, open_ledger: Open, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(str(path))
    ledger.begin(make_start()).add(make_verdict(1))
    ledger.close()
    damage(path)
    log = Path(f"{path}-wal")
    log.write_bytes(b"the last commits")
    before = path.read_bytes()
    new = open_ledger(str(path), now=lambda: NOON, move_aside=True)
    assert "was damaged" in new.notes[0]
    assert new.begin(make_start()).add(make_verdict(1))
    aside = tmp_path / "ledger-aside-20261122T120000Z-1.sqlite"
    assert aside.read_bytes() == before
    assert Path(f"{aside}-wal").read_bytes() == b"the last commits"


def test_a_second_damage_in_the_same_second_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    for content in (b"x" * 100, b"y" * 100):
        path.write_bytes(content)
        assert len(move_aside_if_unusable(str(path), lambda: NOON, 0.1)) == 1
    kept = [p.read_bytes()[:1] for p in sorted(tmp_path.glob("ledger-aside-*"))]
    assert kept == [b"x", b"y"]


def test_a_log_without_its_database_is_kept(tmp_path: Path, open_ledger: Open) -> None:
    """The device died between two renames; SQLite would delete such a log."""
    (tmp_path / "ledger.sqlite-wal").write_bytes(b"the last commits")
    ledger = open_ledger(f"{tmp_path}/ledger.sqlite", now=lambda: NOON, move_aside=True)
    assert "without its database file" in ledger.notes[0]
    kept = tmp_path / "ledger-aside-20261122T120000Z-1.sqlite-wal"
    assert kept.read_bytes() == b"the last commits"


def test_a_whole_ledger_stays(tmp_path: Path, open_ledger: Open) -> None:
    path = f"{tmp_path}/ledger.sqlite"
    Ledger(path).close()
    assert open_ledger(path, move_aside=True).notes == []
    assert [p.name for p in tmp_path.glob("*aside*")] == []


def test_the_command_line_moves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"x" * 5000)
    with pytest.raises(InputError, match="damaged"):
        Ledger(str(path))
    assert path.read_bytes() == b"x" * 5000


def test_a_database_that_gives_no_reason_gets_a_sentence_too() -> None:
    silent = OperationalError("SELECT", None, Exception(""))
    assert said(silent) == "The ledger cannot be reached: no reason given."


def test_a_folder_that_cannot_be_made_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot make the folder"):
        Ledger(f"{tmp_path}/file/ledger.sqlite")


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
    assert len(set(seqs)) == len(seqs) == 18 * 7


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
