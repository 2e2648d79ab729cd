"""The questions put to a booted card: each can be answered wrongly, and none for ever."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from deploy.bundle import SAMPLE

SCRIPT = Path(__file__).parents[2] / "deploy/image/boot.py"


@pytest.fixture(scope="module")
def boot() -> ModuleType:
    spec = importlib.util.spec_from_file_location("image_boot", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_count_is_what_the_command_prints(boot: ModuleType) -> None:
    question, wanted = boot.QUESTIONS[-1]
    assert f"--exercise {SAMPLE['exercise']} " in question
    assert wanted == f"{SAMPLE['exercise']}: {SAMPLE['count']}"


@pytest.mark.parametrize(("state", "right"), [("active", True), ("inactive", False)])
def test_a_unit_that_does_not_run_is_a_wrong_answer(
    state: str, right: bool, boot: ModuleType, tmp_path: Path
) -> None:
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f"#!/bin/sh\necho {state}\n[ {state} = active ]\n")
    systemctl.chmod(0o755)
    ((question, wanted),) = [pair for pair in boot.QUESTIONS if "is-active" in pair[0]]
    done = subprocess.run(
        ["sh", "-c", question], env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert (wanted in done.stdout) == right


def test_wheels_that_cannot_be_imported_are_a_wrong_answer(boot: ModuleType) -> None:
    ((question, wanted),) = [pair for pair in boot.QUESTIONS if "import numpy" in pair[0]]
    (code,) = re.findall(r"-c '([^']+)'", question)
    compile(code, "question", "exec")
    assert wanted and f'print("{wanted}"' in code


def test_who_does_not_answer_is_not_waited_for(
    boot: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ssh").write_text("#!/bin/sh\nexec sleep 20\n")
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert boot.ask(tmp_path / "key", "uname -m", 0.2) == "no output within 0 s\n"
