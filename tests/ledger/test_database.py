"""URLs, folders, marks and what a failing database means."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from sqlalchemy.exc import OperationalError

from edge_app.errors import InputError
from edge_app.ledger.database import said
from edge_app.ledger.ledger import Ledger
from tests.ledger.making import make_start, make_verdict

Open = Callable[..., Ledger]


def test_a_database_that_gives_no_reason_gets_a_sentence_too() -> None:
    silent = OperationalError("SELECT", None, Exception(""))
    assert said(silent) == "The ledger cannot be reached: it does not say why."


def test_a_folder_that_cannot_be_made_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot make the folder"):
        Ledger(f"{tmp_path}/file/ledger.sqlite")


def test_a_second_kiosk_does_not_end_the_attempts_of_the_first(url: str, open_ledger: Open) -> None:
    first = open_ledger(url, "mat 1")
    first.close_unfinished()
    running = first.begin(make_start())
    second = open_ledger(url, "mat 1", wait_s=0.1)
    with pytest.raises(InputError, match="another kiosk is running"):
        second.close_unfinished()
    running.add(make_verdict(1))
    first.close()
    assert [a.id for a in second.close_unfinished()] == [running.id]
    assert second.close_unfinished() == []
