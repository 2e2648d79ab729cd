"""All parts of a kiosk, put together."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.kiosk.kiosk import open_kiosk
from edge_app.ledger.ledger import Ledger
from edge_app.settings import Settings


@pytest.mark.parametrize("damage", ["corrupt", "locked"])
def test_a_ledger_that_cannot_be_opened_is_moved_aside(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "ledger.sqlite"
    holder = None
    if damage == "corrupt":
        path.write_bytes(b"this is not a database" * 1000)
    else:
        Ledger(str(path)).close()
        holder = sqlite3.connect(path)
        holder.execute("BEGIN EXCLUSIVE")
    clip = Path(__file__).parents[1] / "data" / "squat.mp4"
    kiosk = open_kiosk(Settings(data=str(tmp_path), camera=f"file:{clip}", threads=1))
    try:
        assert kiosk.page_state.snapshot()["notes"], "it is said on every page"
        assert kiosk.ledger.results.attempts() == []
        others = [p for p in tmp_path.iterdir() if p.name.startswith("ledger") and p != path]
        assert others, "nothing is overwritten"
    finally:
        kiosk.close()
        if holder is not None:
            holder.close()


@pytest.mark.parametrize(("asked", "cores", "expected"), [(0, 4, 3), (0, 1, 1), (2, 4, 2)])
def test_one_processor_is_left_to_the_pages(
    asked: int, cores: int, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Opened(Exception):
        """The network would be opened now."""

    def remember(model: str, threads: int, *others: object) -> None:
        raise Opened(threads)

    monkeypatch.setattr("os.cpu_count", lambda: cores)
    monkeypatch.setattr("edge_app.kiosk.kiosk.open_backend", remember)
    with pytest.raises(Opened) as opening:
        open_kiosk(Settings(data=str(tmp_path), threads=asked))
    assert opening.value.args == (expected,)
