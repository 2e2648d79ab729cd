"""What was measured, as a table for people and as JSON."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from edge_app.device import hardware
from edge_app.tools.bench.cost import Floor
from edge_app.tools.bench.loop import Loop
from edge_app.tools.bench.measure import Samples
from edge_app.tools.bench.report import (
    ABSENT,
    compare,
    describe_board,
    gpu_memory,
    markdown,
    result_of,
    versions,
)


def contender(name: str, **about: str) -> Any:
    return SimpleNamespace(name=name, about=about, seen=2)


OURS = contender("ours", model="a.onnx", provider="CPU", input="192x192")
OTHER = contender("other", model="b")


@pytest.fixture
def samples() -> Samples:
    """Two frames; the other takes three times as long and does not draw."""
    samples = Samples(capture=[0.01, 0.01])
    for name, stages in (("ours", {"network": 0.03, "draw": 0.06}), ("other", {"network": 0.11})):
        for stage, seconds in stages.items():
            samples.stages[name][stage] = [seconds, seconds]
        samples.cpu[name] = [0.05 if name == "ours" else 0.1] * 2
    return samples


def test_a_contenders_figures(samples: Samples) -> None:
    ours, other = (result_of(c, samples) for c in (OURS, OTHER))
    assert ours["model"] == "a.onnx" and ours["frames_with_a_person"] == 2
    assert list(ours["stages_ms"]) == ["capture", "network", "draw"]
    assert ours["frame_ms"]["p50"] == 40.0 and ours["frame_with_drawing_ms"]["p50"] == 100.0
    assert (ours["fps"], ours["fps_with_drawing"]) == (25.0, 10.0)
    assert ours["fps_network"] == pytest.approx(33.33)
    assert other["fps_with_drawing"] is None and other["frame_with_drawing_ms"] is None


def test_the_others_over_ours(samples: Samples) -> None:
    (line,) = compare(OURS, [OTHER], samples)
    assert (line["of"], line["to"], line["ratio"]) == ("other", "ours", 3.0)
    assert line["cpu"]["ratio"] == 2.0


def test_a_machine_that_does_not_tell_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("l4t_release", "power_mode", "clocks_mhz", "temperatures_c", "memory"):
        monkeypatch.setattr(hardware, name, lambda *root: None)
    monkeypatch.setattr(hardware, "throttling", lambda *root: None)
    board = describe_board()
    assert board["cores"] >= 1 and board["name"]
    assert {board[k] for k in ("l4t", "power_mode", "memory_mib", "throttling")} == {ABSENT}
    monkeypatch.setattr(hardware, "throttling", lambda *root: [])
    assert describe_board()["throttling"] == "none seen"


@pytest.mark.parametrize(
    ("backend", "used", "said"),
    [
        (SimpleNamespace(gpu_memory_mib=310), None, "310 MiB"),
        (SimpleNamespace(provider="CPUExecutionProvider"), "9 MiB", "no GPU in use"),
        (SimpleNamespace(provider="CUDAExecutionProvider"), "9 MiB\n", "9 MiB on the whole GPU"),
        (SimpleNamespace(provider="CUDAExecutionProvider"), None, ABSENT),
    ],
)
def test_memory_of_the_gpu(
    backend: object, used: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "run_tool", lambda *words: used)
    assert gpu_memory(backend) == said


def test_the_tables_have_all_that_is_needed_to_judge_them(samples: Samples) -> None:
    before = {"name": "PC", "load_1min": 0.1, "temperatures_c": {"cpu": 50}}
    report = {
        "command": "reps bench a.mp4", "board": before,
        "board_after": {**before, "load_1min": 2.0, "temperatures_c": {"cpu": 70}},
        "versions": versions(), "frames": 2, "clips": ["a.mp4"], "dropped": 3,
        "rss_mib": None, "gpu_memory": "no GPU in use",
        "results": [result_of(c, samples) for c in (OURS, OTHER)],
        "loop": Loop(frames=100, wall_s=1.25, network_s=1.0, beside_s=0.2).figures(),
        "compare": compare(OURS, [OTHER], samples), "network": {"gmacs": 1.33, "weights_m": 2.0},
    }  # fmt: skip
    text = markdown(report, [Floor("Nano", "fp16", 1.5, 2.25)])
    json.dumps(report, allow_nan=False)
    lines = text.splitlines()
    assert lines[0] == "`reps bench a.mp4`"
    assert "* load 1min: 0.1; after the run 2.0" in lines
    assert "* temperatures c: cpu 50; after the run cpu 70" in lines
    assert f"* memory: {ABSENT}" in lines and "* dropped frames: 3" in lines
    assert "| provider | CPU | its own |" in lines
    assert "| draw | 60.00 / 60.00 / 60.00 | – |" in lines
    assert "| … with drawing | 10.0 | – |" in lines
    assert "| Nano | FP16 | 1.50 | 2.25 |" in lines
    assert "80.0 frames per second, the network alone 100.0: ratio **0.800**" in text
    assert "2.00 ms per frame of reading" in text
    assert "other takes **3.00** times as long per frame as ours" in text
    assert "**Computed, not measured**: 1.33 G multiply-adds" in text
