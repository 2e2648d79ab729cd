"""A ledger that cannot be used at the start is kept beside, and a new one begun."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Iterator

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.device.clock import Moment
from edge_app.errors import InputError
from edge_app.ledger.database import lock_file
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.recovery import move_aside_if_unusable
from tests.ledger.making import fill, make_start, make_verdict

Open = Callable[..., Ledger]


NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
AT_NOON = Moment(NOON.timestamp(), 60.0)


def test_a_ledger_on_a_full_disk_is_not_called_damaged(small_disk: Path, open_ledger: Open) -> None:
    path = small_disk / "ledger.sqlite"
    ledger = Ledger(str(path))
    ledger.begin(make_start()).add(make_verdict(1))
    ledger.close()
    filler = fill(small_disk)
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
        assert len(move_aside_if_unusable(str(path), lambda: AT_NOON, 0.1)) == 1
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
