"""The command itself: its subcommands, and what it says where one cannot run."""

from __future__ import annotations

import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge_app.cli.main import COMMANDS, READER_GONE, build_parser, main


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


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_options_and_does_something(name: str) -> None:
    pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")
    module = importlib.import_module(f"edge_app.cli.{name}")
    assert callable(module.execute)
    help_text = build_parser(module).format_help()
    assert f"{name} " in help_text and COMMANDS[name] in " ".join(help_text.split())


def test_help_names_all_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


@pytest.mark.parametrize("words", [[], ["juggle"], ["--quiet"]])
def test_an_unknown_command_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: reps" in capsys.readouterr().err


def test_help_reads_no_command() -> None:
    """So the start is fast: neither OpenCV nor the network's runtime is loaded to print help."""
    code = (
        "import sys\n"
        "from edge_app.cli.main import COMMANDS, main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "loaded = [n for n in COMMANDS if f'edge_app.cli.{n}' in sys.modules]\n"
        "loaded += [n for n in ('cv2', 'onnxruntime', 'numpy', 'sqlalchemy') if n in sys.modules]\n"
        "assert loaded == [], loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_who_stops_a_command_is_told_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("edge_app.cli.doctor.execute", interrupted)
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err == "reps: stopped\n"


def test_a_module_of_ours_that_is_missing_is_a_fault_and_no_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "edge_app.cli.doctor", raising=False)
    monkeypatch.setitem(sys.modules, "edge_app.device.doctor", None)
    with pytest.raises(ModuleNotFoundError):
        main(["doctor"])


@pytest.mark.parametrize(
    "words",
    [
        ["--help"], ["--version"], ["results", "--help"], ["results", "list"],
        ["results", "check"], ["results", "export", "out.csv"], ["doctor"], ["doctor", "--json"],
        ["station", "check", "station.toml"],
    ],
)  # fmt: skip
def test_a_reader_that_has_enough_gets_no_traceback(words: list[str], tmp_path: Path) -> None:
    """As in `reps … | head -1`; here the reader is gone before the first line."""
    pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")
    (tmp_path / "station.toml").write_text('name = "gym-1"\n')
    reads, writes = os.pipe()
    os.close(reads)
    environment = {
        **os.environ,
        "EDGE_REPS_LEDGER": str(tmp_path / "ledger.sqlite"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "edge_app.cli", *words], stdout=writes, stderr=subprocess.PIPE,
        text=True, cwd=tmp_path, env=environment, check=False,
    )  # fmt: skip
    os.close(writes)
    assert done.stderr == ""
    by_argparse = words[-1].startswith("--") and words != ["doctor", "--json"]  # it may keep silent
    assert done.returncode == READER_GONE or (by_argparse and done.returncode == 0)


def test_another_pipe_that_breaks_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(args: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr("edge_app.cli.doctor.execute", broken)
    with pytest.raises(BrokenPipeError):
        main(["doctor"])
