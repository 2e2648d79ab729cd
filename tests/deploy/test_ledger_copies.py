"""The ledger's copy before an update, and its way back, whatever has become of the ledger."""

from __future__ import annotations

import importlib
import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture
def updater(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """`updater.ledger`, for a ledger of one row in a folder of the test's own."""
    monkeypatch.syspath_prepend(str(DEPLOY))
    module = importlib.import_module("updater.ledger")
    monkeypatch.setattr(module, "LEDGER", tmp_path / "ledger.sqlite")
    (tmp_path / "before").mkdir()
    write(tmp_path / "ledger.sqlite", "1", "of the old release")
    return module


def write(path: Path, schema: str, row: str) -> None:
    with closing(sqlite3.connect(path)) as ledger:
        ledger.execute("PRAGMA journal_mode=WAL")
        ledger.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num TEXT)")
        ledger.execute("CREATE TABLE IF NOT EXISTS rows (said TEXT)")
        ledger.execute("DELETE FROM alembic_version")
        ledger.execute("INSERT INTO alembic_version VALUES (?)", (schema,))
        ledger.execute("INSERT INTO rows VALUES (?)", (row,))
        ledger.commit()


def rows(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [row[0] for row in ledger.execute("SELECT said FROM rows")]


def test_a_ledger_of_the_same_schema_stays(updater: ModuleType, tmp_path: Path) -> None:
    kept, aside = tmp_path / "before/1.sqlite", tmp_path / "aside.sqlite"
    updater.copy(kept)
    write(updater.LEDGER, "1", "of the new release")
    assert "stays unchanged" in updater.put_back(kept, aside)
    assert len(rows(updater.LEDGER)) == 2 and kept.exists() and not aside.exists()


@pytest.mark.parametrize("damaged", [False, True], ids=["of a newer schema", "damaged"])
def test_the_copy_takes_the_place_of_one_that_the_old_release_cannot_read(
    damaged: bool, updater: ModuleType, tmp_path: Path
) -> None:
    kept, aside = tmp_path / "before/1.sqlite", tmp_path / "aside.sqlite"
    updater.copy(kept)
    write(updater.LEDGER, "2", "of the new release")
    if damaged:
        updater.LEDGER.write_bytes(b"no database" * 1000)
        Path(f"{updater.LEDGER}-wal").write_bytes(b"its log")
    content = updater.LEDGER.read_bytes()
    assert "from before the update" in updater.put_back(kept, aside)
    assert rows(updater.LEDGER) == ["of the old release"]
    if damaged:
        assert aside.read_bytes() == content
        assert not Path(f"{updater.LEDGER}-wal").exists()
    else:
        assert rows(aside) == ["of the old release", "of the new release"]


def test_a_cut_on_the_way_back_can_be_gone_again(
    updater: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, aside = tmp_path / "before/1.sqlite", tmp_path / "aside.sqlite"
    updater.copy(kept)
    write(updater.LEDGER, "2", "of the new release")

    def cut(name: str) -> None:
        raise KeyboardInterrupt(name)

    with monkeypatch.context() as power, pytest.raises(KeyboardInterrupt):
        power.setattr(updater, "point", cut)
        updater.put_back(kept, aside)
    assert len(rows(updater.LEDGER)) == 2
    updater.put_back(kept, aside)
    assert (rows(updater.LEDGER), len(rows(aside))) == (["of the old release"], 2)
