"""`reps engine build`: what it says, what it refuses, and that it leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.device.engine.building import NANO, build, said
from tests.device.engine.flags import flags


def test_int8_on_a_nano_is_one_sentence_and_leaves_nothing(
    machine: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    machine(*NANO)
    assert build(tmp_path, "--precision", "int8") == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("reps: NVIDIA Tegra X1 (compute capability 5.3) has no INT8 units")
    assert not list(tmp_path.iterdir())


def test_an_allowed_fall_back_is_called_what_it_is(
    machine: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    machine(*NANO)
    assert build(tmp_path, "--precision", "int8", "--allow-fallback") == 0
    assert "FP16 (INT8 was requested, but NVIDIA Tegra X1" in capsys.readouterr().out
    sidecar = said(tmp_path)
    assert (sidecar["requested"], sidecar["precision"]) == ("int8", "fp16")
    assert flags(tmp_path / "pose.engine") == ["FP16"]


@pytest.mark.parametrize("missing", ["TensorRT", "CUDA", "a GPU"])
def test_a_machine_that_lacks_something_says_what(
    missing: str, machine: Callable[..., None], hide_cudart: Callable[[], None], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    if missing == "TensorRT":
        monkeypatch.setenv("PYTHONPATH", "")
    elif missing == "CUDA":
        hide_cudart()
    else:
        monkeypatch.setenv("FAKE_CUDA_NONE", "1")
    assert build(tmp_path) == 2
    words = {"TensorRT": "has no TensorRT", "CUDA": "libcudart.so", "a GPU": "no GPU"}
    assert words[missing] in capsys.readouterr().err


def test_a_build_ends_with_the_app(
    machine: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_TENSORRT_BUILD_S", "60")
    command = [sys.executable, "-m", "edge_app.cli", "engine", "build", "fast"]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([os.environ["PYTHONPATH"], os.getcwd()]))
    app = subprocess.Popen([*command, "--out", str(tmp_path / "a.engine")], stderr=subprocess.PIPE)
    builders: list[int] = []
    ends = monotonic() + 60
    while not builders and monotonic() < ends:
        sleep(0.05)
        builders = [pid for pid, words in processes(app.pid) if words[-1:] == ["build"]]
    assert builders
    app.kill()
    app.communicate()
    while runs(builders[0]) and monotonic() < ends:
        sleep(0.05)
    assert not runs(builders[0])


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie, which only waits for init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def processes(parent: int) -> list[tuple[int, list[str]]]:
    """A process's children and their command lines."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ppid = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            words = (folder / "cmdline").read_text().split("\0")[:-1]
        except OSError:
            continue  # gone in between
        if ppid == parent:
            found.append((int(folder.name), words))
    return found
