"""Ledgers with damaged pages: one sentence everywhere, and what can be read is saved."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.cli.main import main
from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.rescue import LOST, rescue
from edge_app.ledger.roster import Enrolment, SchoolClass, Student, class_id, student_id
from edge_app.values import Pose
from tests.ledger.making import fill, make_start, make_verdict

PAGE_BYTES, ATTEMPTS, REPETITIONS = 4096, 60, 3
GROUP = SchoolClass(class_id("", "7b"), "7b")
STUDENTS = [Student(student_id("", str(n)), str(n), f"N{n}", "Li") for n in range(20)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose larger tables have inner pages, and evidence on overflow pages."""
    path = tmp_path_factory.mktemp("whole") / "ledger.sqlite"
    ledger = Ledger(str(path), "gym")
    ledger.roster.put(STUDENTS, [GROUP], [Enrolment(GROUP.id, one.id) for one in STUDENTS])
    draw = random.Random(5)
    for number in range(ATTEMPTS):
        recording = ledger.begin(make_start(STUDENTS[number % 20].id, GROUP.id))
        for rep in range(1, REPETITIONS + 1):
            for frame in range(40):
                recording.sample(Pose.nobody(frame / 30), draw.random(), {"hip_deg": draw.random()})
            recording.add(make_verdict(rep, codes=("knee",)))
        recording.end("time")
    ledger.correct(recording.id, "score", "9", "Ms Li", "seen")
    ledger.close()
    return path


@pytest.fixture
def damaged(whole: Path, tmp_path: Path) -> Path:
    """A copy, to be damaged."""
    return Path(shutil.copy(whole, tmp_path / "ledger.sqlite"))


def overwrite(path: Path, page: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(page * PAGE_BYTES)
        file.write(content[:PAGE_BYTES].ljust(PAGE_BYTES, b"\0"))


def root_of(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as file:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        page: int = file.execute(query, [table]).fetchone()[0]
    return page - 1


def rows(path: Path) -> dict[str, set[tuple]]:
    with closing(sqlite3.connect(path)) as file:
        return {
            t.name: set(file.execute(f"SELECT * FROM {t.name}").fetchall())
            for t in schema.METADATA.sorted_tables
        }


def test_a_whole_ledger_is_saved_whole(whole: Path, tmp_path: Path) -> None:
    saved, faults = rescue(whole, tmp_path / "new.sqlite")
    assert faults == [] and rows(tmp_path / "new.sqlite") == rows(whole)
    assert (saved["attempts"].rows, saved["evidence"].rows) == (ATTEMPTS, ATTEMPTS * REPETITIONS)
    assert all(one.rows == one.of and not one.orphans for one in saved.values())
    assert (tmp_path / "new.sqlite").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["new.sqlite"]


@pytest.mark.parametrize("table", ["attempts", "repetitions", "evidence", "faults"])
def test_the_page_above_a_tables_rows(damaged: Path, table: str, tmp_path: Path) -> None:
    """SQLite finds no row of the table any more; all are there."""
    before = rows(damaged)
    overwrite(damaged, root_of(damaged, table), b"")
    with closing(sqlite3.connect(damaged)) as file, pytest.raises(sqlite3.DatabaseError):
        file.execute(f"SELECT * FROM {table}").fetchall()
    saved, faults = rescue(damaged, tmp_path / "new.sqlite")
    assert faults == [] and rows(tmp_path / "new.sqlite") == before
    assert saved[table].rows == len(before[table])


def test_the_first_page(damaged: Path, tmp_path: Path) -> None:
    """It holds the format and the names of all tables."""
    before = rows(damaged)
    overwrite(damaged, 0, os.urandom(PAGE_BYTES))
    saved, faults = rescue(damaged, tmp_path / "new.sqlite")
    assert faults == [] and rows(tmp_path / "new.sqlite") == before
    assert saved["attempts"].of is None, "nothing says how many there were"


DAMAGES: dict[str, Callable[[random.Random], bytes]] = {
    "zeros": lambda draw: b"",
    "noise": lambda draw: bytes(draw.randrange(256) for _ in range(PAGE_BYTES)),
    "a leaf's first byte and noise": lambda draw: (
        b"\x0d" + bytes(draw.randrange(256) for _ in range(PAGE_BYTES - 1))
    ),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_any_page(whole: Path, tmp_path: Path, kind: str) -> None:
    """One of all: what is saved was there, refers to what is there, and is nearly all."""
    before = rows(whole)
    pages = whole.stat().st_size // PAGE_BYTES
    draw = random.Random(7)
    for page in draw.sample(range(pages), 25):
        damaged = Path(shutil.copy(whole, tmp_path / f"damaged-{page}.sqlite"))
        overwrite(damaged, page, DAMAGES[kind](draw))
        new = tmp_path / f"new-{page}.sqlite"
        saved, faults = rescue(damaged, new)
        assert faults == []
        after = rows(new)
        for table in schema.EVENTS:
            assert after[table.name] <= before[table.name]
            one = saved[table.name]
            assert one.rows == len(after[table.name])
            assert one.of is None or one.rows + one.orphans <= one.of
        lost = sum(len(before[t.name]) - len(after[t.name]) for t in schema.EVENTS)
        assert lost < 200, "one page holds about sixty rows of the smallest table"


@pytest.mark.parametrize("share", [0.9, 0.7, 0.5])
def test_a_file_that_was_cut(damaged: Path, tmp_path: Path, share: float) -> None:
    before = rows(damaged)
    os.truncate(damaged, int(damaged.stat().st_size * share))
    saved, faults = rescue(damaged, tmp_path / "new.sqlite")
    assert faults == [] and 0 < saved["attempts"].rows <= ATTEMPTS
    assert rows(tmp_path / "new.sqlite")["attempts"] <= before["attempts"]
    assert saved["repetitions"].rows >= share / 3 * ATTEMPTS * REPETITIONS


def test_what_only_the_log_holds_is_saved(tmp_path: Path) -> None:
    """The power went while the kiosk ran: its last transactions are in the -wal."""
    path = tmp_path / "ledger.sqlite"
    ledger = Ledger(str(path))
    attempt = ledger.begin(make_start())
    attempt.add(make_verdict(1))
    damaged = tmp_path / "damaged.sqlite"
    for end in ("", "-wal"):
        shutil.copy(f"{path}{end}", f"{damaged}{end}")
    ledger.close()
    assert damaged.stat().st_size < path.stat().st_size
    with Path(f"{damaged}-wal").open("ab") as log:
        log.write(b"half a frame")
    saved, faults = rescue(damaged, tmp_path / "new.sqlite")
    assert faults == [] and rows(tmp_path / "new.sqlite") == rows(path)
    assert saved["repetitions"].rows == 1


def test_lost_students_come_back_with_the_roster_and_the_kiosk_goes_on(
    damaged: Path, tmp_path: Path, open_ledger: Callable[..., Ledger]
) -> None:
    for table in ("students", "classes", "ledger", "stations"):  # each fits its root page
        overwrite(damaged, root_of(damaged, table), b"")
    new = tmp_path / "new.sqlite"
    saved, faults = rescue(damaged, new)
    assert faults == [] and saved["attempts"].rows == ATTEMPTS
    ledger = open_ledger(str(new), "gym")
    first = ledger.results.attempts(limit=1)[0]
    assert first.student is not None and first.student.erased and first.station == LOST
    assert first.school_class is not None and first.school_class.name == LOST
    ledger.roster.put(STUDENTS, [GROUP], [Enrolment(GROUP.id, one.id) for one in STUDENTS])
    again = ledger.results.attempt(first.id).attempt
    assert again.student == STUDENTS[(ATTEMPTS - 1) % 20] and again.school_class == GROUP
    attempt = ledger.begin(make_start())
    attempt.add(make_verdict(1))
    assert ledger.results.attempts(limit=1)[0].seq > first.seq + 1000, (
        "numbers given are not reused"
    )
    assert ledger.check() == []


def test_a_station_keeps_its_identity(
    damaged: Path, tmp_path: Path, open_ledger: Callable[..., Ledger]
) -> None:
    before = rows(damaged)["stations"]
    overwrite(damaged, root_of(damaged, "attempts"), b"")
    rescue(damaged, tmp_path / "new.sqlite")
    open_ledger(str(tmp_path / "new.sqlite"), "gym")
    assert rows(tmp_path / "new.sqlite")["stations"] == before


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot read"), (b"", "is empty"), (b"not a database at all" * 500, "nothing in")],
)
def test_what_is_no_ledger(tmp_path: Path, content: bytes | None, said: str) -> None:
    source = tmp_path / "source.sqlite"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(InputError, match=said):
        rescue(source, tmp_path / "new.sqlite")
    assert [p.name for p in tmp_path.iterdir()] == ([] if content is None else ["source.sqlite"])


def test_nothing_is_overwritten(whole: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.sqlite"
    new.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        rescue(whole, new)
    assert new.read_text() == "mine"


def test_a_full_disk_is_said_and_leaves_nothing(whole: Path, small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(InputError, match=r"cannot write .*new\.sqlite"):
        rescue(whole, small_disk / "new.sqlite")
    assert [p.name for p in small_disk.iterdir()] == ["filler"]


def test_a_folder_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        rescue(tmp_path, tmp_path / "new.sqlite")


def test_the_command_says_how_much_of_each_table_was_saved(
    damaged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(damaged, root_of(damaged, "enrolments"), b"")  # the only page of its twenty rows
    overwrite(damaged, root_of(damaged, "classes"), b"")
    overwrite(damaged, 0, b"")
    assert main(["results", "rescue", str(damaged), str(tmp_path / "new.sqlite")]) == 0
    said = capsys.readouterr().out
    assert "attempts      60 of an unknown number\n" in said
    assert "enrolments    0 of an unknown number\n" in said
    assert f"what could be read is in {tmp_path / 'new.sqlite'}" in said
    assert main(["results", "check", "--ledger", str(tmp_path / "new.sqlite")]) == 0
