"""The load: windows of the real loop, sensors beside them, and a summary that is right."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.tools.accept import load as module
from edge_app.tools.accept.load import in_words, load, summary
from edge_app.tools.accept.networks import Way
from edge_app.tools.accept.rig import Failed, Found, Rig

STAGES = {"capture", "preprocess", "network", "decode", "track", "smooth", "count"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows of a fifth of a second, and a network that need not be chosen."""
    monkeypatch.setattr(module, "SAMPLE_S", 0.2)
    monkeypatch.setattr(module, "WARM_UP", 1)
    backend = OnnxBackend(shipped_model("fast"), 1)
    way = Way("fast", "ONNX Runtime fp32", "fp32", lambda: backend)
    monkeypatch.setattr(module, "fastest", lambda rig: (way, backend))


def test_a_load_on_a_faked_board(rig: Rig, rails: Callable[[float], Path]) -> None:
    rails(6.0)
    rig.load_s = 1.0
    found: Found = {}
    said = load(rig, found)
    told, samples = found["summary"], found["samples"]
    assert len(samples) >= 2 and samples[-1]["t_s"] >= 1.0
    assert set(told["stages_ms"]) == STAGES
    assert sum(told["stages_ms"].values()) == pytest.approx(1e3 / told["fps"], rel=0.2)
    assert told["frames"] == sum(sample["frames"] for sample in samples)
    assert (told["watts"], told["watts_at_rest"], told["hottest_c"]) == (6.0, 6.0, 60.0)
    assert told["frames_per_joule"] == pytest.approx(told["fps"] / 6, abs=0.01)
    assert said.startswith("ONNX Runtime fp32: ") and "6.0 W" in said
    json.dumps(found)


def test_the_clip_goes_round(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = []
    frames = module._Windows.timed

    def short(windows: Any, stream: Any) -> Any:
        passes.append(1)
        return frames(windows, (frame for frame in stream if frame.index < 2))

    monkeypatch.setattr(module._Windows, "timed", short)
    rig.load_s = 0.5
    load(rig, {})
    assert len(passes) > 1


def test_sensors_that_vanish_in_the_middle_end_nothing(
    rig: Rig, rails: Callable[[float], Path]
) -> None:
    root = rails(6.0)
    rig.load_s = 1.0
    rig.note = lambda text: shutil.rmtree(root, ignore_errors=True)  # after the first window
    found: Found = {}
    load(rig, found)
    assert "watts" in found["samples"][0] and "watts" not in found["samples"][-1]
    assert found["summary"]["watts"] == 6.0, "of the windows that know it"


def test_ctrl_c_leaves_the_summary_of_what_was_measured(rig: Rig) -> None:
    def stop(text: str) -> None:
        if "frames a second" in text:
            raise KeyboardInterrupt

    rig.load_s, rig.note = 60.0, stop
    found: Found = {}
    with pytest.raises(KeyboardInterrupt):
        load(rig, found)
    assert len(found["samples"]) == 1 and found["summary"]["fps"] > 0


def a_sample(t_s: float, fps: float, **sensors: Any) -> dict[str, Any]:
    return {
        "t_s": t_s,
        "frames": int(2 * fps),
        "fps": fps,
        "stages_ms": {"network": 5.0},
        **sensors,
    }


def half_an_hour() -> list[dict[str, Any]]:
    """50 frames a second, after ten minutes 40: the cooling acts."""
    hot = {"throttling": {"cooling gpu": 1}, "temperatures_c": {"gpu": 95.0}, "watts": 8.0}
    cool = {"throttling": {}, "temperatures_c": {"gpu": 50.0}, "watts": 10.0}
    times = [2.0 * (i + 1) for i in range(900)]
    return [a_sample(t, 50, **cool) if t <= 600 else a_sample(t, 40, **hot) for t in times]


def test_the_first_minute_beside_the_last() -> None:
    told = summary(half_an_hour(), {"watts": 4.0})
    assert (told["fps_first"], told["fps_last"], told["last_over_first"]) == (50, 40, 0.8)
    assert told["fps"] == pytest.approx((50 + 2 * 40) / 3, abs=0.01)
    assert (told["throttled"], told["hottest_c"]) == (["cooling gpu"], 95.0)
    assert told["watts"] == pytest.approx(8.667, abs=1e-3) and told["watts_at_rest"] == 4.0
    assert told["frames_per_joule"] == pytest.approx(5.0, abs=0.001)
    words = in_words(told, "x")
    assert "first minute 50.0, last 40.0" in words and "throttled by cooling gpu" in words


def test_nothing_measured_is_a_summary_too() -> None:
    assert summary([], {}) == {"frames": 0}
    assert in_words(summary([], {}), "x") == "x: no frame"
    assert "no power sensor" in in_words(summary([a_sample(2.0, 50)], {}), "x")


def test_a_rate_that_falls_fails(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def drive(*args: Any) -> None:
        args[4].extend(half_an_hour())

    monkeypatch.setattr(module, "drive", drive)
    rig.load_s = 1800.0
    found: Found = {}
    with pytest.raises(Failed, match=r"fell from 50\.0 to 40\.0 frames a second \(cooling gpu\)"):
        load(rig, found)
    assert found["summary"]["last_over_first"] == 0.8
