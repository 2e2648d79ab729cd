"""Talking to a worker: answers, silence, and every way of dying."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge_app.errors import InputError
from edge_app.runtime.tensorrt import process
from edge_app.runtime.tensorrt.process import Worker, WorkerDied, ask, probe_tensorrt
from tests.runtime.tensorrt.processes import children


@pytest.fixture
def scripted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """scripted(code): from now on workers run this after they read their request."""

    def become(code: str) -> None:
        path = tmp_path / "worker.py"
        path.write_text(f"import sys, time\nsys.stdin.readline()\n{code}\n")
        monkeypatch.setattr(process, "WORKER", path)

    return become


def test_what_it_says_on_its_way_and_its_answer(scripted: Callable[[str], None]) -> None:
    before = children()
    scripted('print(\'{"phase": "one"}\\n{"done": {"built_s": 2}}\')')
    said: list[dict[str, Any] | None] = []
    assert ask(sys.executable, "build", {}, said.append) == {"built_s": 2}
    assert said == [{"phase": "one"}]
    assert children() == before


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        ('print(\'{"failed": "no memory"}\')', InputError, "no memory"),
        ("sys.exit('it broke')", WorkerDied, "it ended with code 1: it broke"),
        ("import os; os.kill(os.getpid(), 11)", WorkerDied, "it was killed by signal 11"),
        ("time.sleep(60)", WorkerDied, "it was silent for 1 s"),
    ],
)
def test_a_worker_without_an_answer_says_how_it_ended(
    code: str, error: type[Exception], words: str, scripted: Callable[[str], None]
) -> None:
    before = children()
    scripted(code)
    with pytest.raises(error, match=words):
        ask(sys.executable, "build", {}, silent_s=1)
    assert children() == before


def test_a_number_that_was_not_expected_is_a_death(scripted: Callable[[str], None]) -> None:
    scripted("sys.stdout.buffer.write(bytes([1, 0])); sys.stdout.flush(); time.sleep(60)")
    worker = Worker(sys.executable, "serve")
    worker.send(b"{}\n")
    worker.expect(1, 10.0)
    with pytest.raises(WorkerDied, match="it answered 0 instead of 1"):
        worker.expect(1, 10.0)
    worker.end()


def test_an_interpreter_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="cannot start /nowhere/python3"):
        Worker("/nowhere/python3", "probe")


def test_a_probe_asks_one_interpreter_after_the_other(
    scripted: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted('print(\'{"failed": "no TensorRT here"}\')')
    monkeypatch.setattr(process, "_candidates", lambda: [sys.executable, sys.executable])
    with pytest.raises(InputError, match=r"no working TensorRT: (no TensorRT here(; )?){2}$"):
        probe_tensorrt()
