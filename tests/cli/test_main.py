"""The command itself: its subcommands, and what it says where one cannot run."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from edge_app.cli.main import main


def test_the_command_is_installed_and_says_its_version() -> None:
    run = [sys.executable, "-m", "edge_app.cli", "--version"]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.startswith("reps")


def test_edge_app_runs_without_torch() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['onnx'] = None\n"
        "import edge_app.cli.count, edge_app.cli.evaluate, edge_app.cli.engine\n"
        "import edge_app.cli.bench, edge_app.cli.doctor"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


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
