"""`reps bench`: what it writes, and that it says what it could not measure."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from edge_app.cli.main import main
from edge_app.pipeline.update import Update
from edge_app.runtime.open import shipped_model
from edge_app.tools.bench.contenders import STAGES, OurWay


def bench(data: Path, *options: str) -> int:
    clip = str(data / "squat.mp4")
    return main(["bench", clip, "--frames", "12", "--quiet", "--threads", "1", *options])


def test_one_network(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    files = {name: tmp_path / f"b.{name}" for name in ("json", "markdown")}
    options = [w for n, p in files.items() for w in (f"--{n}", str(p))]
    assert bench(data, "--provider", "cpu", *options) == 0
    report = json.loads(files["json"].read_text())
    (ours,) = report["results"]
    assert set(ours["stages_ms"]) == set(STAGES)
    assert report["frames"] == 12 and report["dropped"] == "none (files are not live)"
    assert ours["fps"] < ours["fps_network"] and ours["fps_with_drawing"] < ours["fps"]
    loop = report["loop"]
    assert loop["ratio"] == pytest.approx(loop["fps"] / loop["fps_network"], abs=0.01)
    assert 0 < loop["ratio"] <= 1 and loop["beside_ms"] > 0
    assert ours["provider"] == "CPUExecutionProvider" and report["gpu_memory"] == "no GPU in use"
    assert report["board"]["name"] and report["versions"]["onnxruntime"]
    text = files["markdown"].read_text()
    assert text in capsys.readouterr().out
    assert "Computed, not measured" in text and report["computed_not_measured"]


def test_beside_another_network_frame_by_frame(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    other = str(shipped_model("accurate"))
    out = tmp_path / "b.json"
    assert bench(data, "--compare", "--published", other, "--json", str(out)) == 0
    report = json.loads(out.read_text())
    assert [r["input"] for r in report["results"]] == ["192x192", "256x256"]
    (line,) = report["compare"]
    assert 0 < line["lowest"] <= line["ratio"] <= line["highest"]  # which is faster is no test
    assert "left out: MediaPipe Pose needs the package" in capsys.readouterr().out


def test_as_a_camera_what_is_late_is_dropped_and_counted(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_stages(self: OurWay, update: Update) -> dict[str, float]:
        time.sleep(0.1)  # two and a half frames of the clip, however fast the machine
        return stages(self, update)

    out, stages = tmp_path / "b.json", OurWay.stages
    monkeypatch.setattr(OurWay, "stages", slow_stages)
    assert bench(data, "--live", "--json", str(out)) == 0
    report = json.loads(out.read_text())
    assert report["frames"] == 12 and report["dropped"] >= 11


def test_wrong_input(data: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(["bench", "nowhere.mp4"]) == 2
    assert bench(data, "--frames", "0") == 2
    assert capsys.readouterr().err.count("\n") == 2
