"""Without the extra `kiosk` the command says what to install."""

from __future__ import annotations

import importlib.util
import sys

import pytest

from edge_app.cli.main import main


def test_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [n for n in sys.modules if n.startswith("edge_app.cli.results")]:
        if name != "edge_app.cli.results_options":
            monkeypatch.delitem(sys.modules, name)
    for name in [n for n in sys.modules if n.startswith("edge_app.ledger")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    assert main(["results", "list"]) == 2
    assert "reps results needs the extra `kiosk`: pip install" in capsys.readouterr().err


def test_a_device_without_the_driver_of_postgresql_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")
    find_spec = importlib.util.find_spec
    hidden = lambda name: None if name == "psycopg" else find_spec(name)  # noqa: E731
    monkeypatch.setattr(importlib.util, "find_spec", hidden)
    assert main(["results", "list", "--ledger", "postgresql://school/results"]) == 2
    assert "the PostgreSQL driver is missing" in capsys.readouterr().err
