"""`reps accept` as it is typed, on a PC and on a faked Jetson; and two of its files compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_app.camera.samples import Sample
from edge_app.cli import accept as command
from edge_app.cli.main import main
from edge_app.runtime.open import SHIPPED
from edge_app.tools.accept.rig import Rig


@pytest.fixture
def board(nano: Path, machine: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A Nano with the fake TensorRT, one network, and the smallest clip."""
    machine("8.2", "5.3", "NVIDIA Tegra X1")
    monkeypatch.setattr(command, "ROOT", nano)
    monkeypatch.setattr(
        command, "Rig",
        lambda **options: Rig(**options, root=nano, threads=1, samples=(Sample("push-up", 5),)),
    )  # fmt: skip
    fast = {"fast": SHIPPED["fast"]}
    for name in ("engines", "gate", "machine", "parity"):
        monkeypatch.setattr(f"edge_app.tools.accept.{name}.SHIPPED", fast)


@pytest.mark.slow
@pytest.mark.usefixtures("board")
def test_the_whole_acceptance_on_a_faked_nano(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    camera = f"file:{data / 'push-up.mp4'}"
    assert main(["accept", "--minutes", "0.03", "--camera", camera]) == 0
    (out,) = tmp_path.glob("accept-nvidia-jetson-nano-developer-kit-*.json")
    report = json.loads(out.read_text())
    assert report["board"] == "NVIDIA Jetson Nano Developer Kit" and report["l4t"] == "R32.7.1"
    assert {name: step["state"] for name, step in report["steps"].items()} == {
        "machine": "passed", "engines": "passed", "parity": "passed", "gate": "passed",
        "load": "passed", "latency": "passed", "camera": "skipped",
    }  # fmt: skip
    assert set(report["steps"]["gate"]["found"]["fast"]) == {"TensorRT fp32", "TensorRT fp16"}
    summary = report["steps"]["load"]["found"]["summary"]
    assert summary["hottest_c"] == 45.5 and "watts" not in summary
    assert summary["throttled"] == ["cooling gpu-balanced"], "it had counted 7 over-currents before"
    assert (tmp_path / f"{out.stem}-engines" / "fast-fp16.engine").is_file()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [*report["steps"], "send"]
    assert lines[-1] == f"send back {out.name}"

    assert main(["bench", "--against", str(out), str(out)]) == 0
    printed = capsys.readouterr().out
    assert "| engine fast fp16: MiB |" in printed and "| 1.00 |" in printed


@pytest.mark.usefixtures("board")
def test_one_step_again_leaves_the_others_of_the_file(tmp_path: Path) -> None:
    out = tmp_path / "a.json"
    assert main(["accept", "--out", str(out), "--only", "machine"]) == 0
    first = json.loads(out.read_text())["steps"]["machine"]
    assert main(["accept", "--out", str(out), "--only", "latency", "camera"]) == 0
    steps = json.loads(out.read_text())["steps"]
    assert list(steps) == ["machine", "latency", "camera"] and steps["machine"] == first
    assert "no USB camera" in steps["latency"]["said"]


def test_a_step_that_fails_is_exit_code_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.tools.accept.latency.FIRST_PICTURE_S", 0.3)
    out = tmp_path / "a.json"
    camera = f"usb:{tmp_path / 'video'}"
    assert main(["accept", "--out", str(out), "--only", "latency", "--camera", camera]) == 1
    assert "no USB camera at" in json.loads(out.read_text())["steps"]["latency"]["said"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--camera", "nothing"], "is not a camera address"),
        (["--out", "a.txt"], "--out must end in .json, not a.txt"),
        (["--out", "nowhere/a.json"], "cannot write nowhere/a.json"),
    ],
)
def test_bad_input_is_one_sentence(
    options: list[str], words: str, capsys: pytest.CaptureFixture, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["accept", *options]) == 2
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("options", [["--minutes", "0"], ["--minutes", "nan"], ["--only", "x"]])
def test_options_are_checked(options: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["accept", *options])
    assert left.value.code == 2


def test_bench_refuses_another_file(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    other = tmp_path / "bench.json"
    other.write_text('{"command": "reps bench"}')
    assert main(["bench", "--against", str(other), str(other)]) == 2
    assert "is not a file of this version's `reps accept`" in capsys.readouterr().err
    assert main(["bench", str(data / "squat.mp4"), "--against", "a.json", "b.json"]) == 2
    assert "--against takes two files and no clips" in capsys.readouterr().err
    assert main(["bench"]) == 2
    assert "nothing to measure" in capsys.readouterr().err
