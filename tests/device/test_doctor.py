"""What the doctor says of healthy and sick machines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge_app.device import doctor
from edge_app.device import hardware as board
from edge_app.device.clock import ClockState
from edge_app.device.engine.build import build_engine
from edge_app.errors import InputError
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend, shipped_model
from edge_app.runtime.tensorrt.sidecar import sidecar_path

RIGHT = ClockState(True, "is set by a time server")


def by_name(findings: list[doctor.Finding]) -> dict[str, doctor.Finding]:
    return {f.what: f for f in findings}


def test_a_nano_as_it_comes_out_of_the_box(
    nano: Path, machine: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine("8.2", "5.3", "NVIDIA Tegra X1")
    monkeypatch.setattr(board, "power_mode", lambda: "5W")
    findings = doctor.examine(lambda: open_backend(provider="cpu"), RIGHT, nano)
    said = by_name(findings)
    assert said["board"].said == "NVIDIA Jetson Nano Developer Kit, L4T R32.7.1"
    assert said["swap"].level == "warning" and "mkswap" in said["swap"].fix
    assert said["power mode"].said == "5W, not the fastest mode"
    assert "over-current oc1_event_cnt 7" in said["heat and supply"].said
    assert "5 V, 4 A" in said["heat and supply"].fix
    assert said["gpu"].said.endswith("compute capability 5.3: FP16 yes, INT8 no")
    assert said["tensorrt"].said.startswith("8.2.1 in ")
    assert said["cameras"].level == "warning" and "nvargus" in said["cameras"].fix
    assert said["model"].said == "pose-fast.onnx, 192x192, runs on CPUExecutionProvider"
    assert doctor.exit_code(findings) == 0
    assert all(f.fix for f in findings if f.level in ("warning", "problem"))


def test_a_jetson_without_tensorrt_and_with_a_dead_model_is_sick(
    nano: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_model() -> Backend:
        raise InputError("there is no model here")

    (nano / "dev").mkdir()
    (nano / "dev/video0").touch(mode=0o600)
    monkeypatch.setattr("os.access", lambda *a, **k: False)  # root may open everything
    monkeypatch.setattr(doctor, "probe_tensorrt", no_model)
    findings = doctor.examine(no_model, RIGHT, nano)
    said = by_name(findings)
    for what in ("tensorrt", "cameras", "model"):
        assert said[what].level == "problem" and said[what].fix
    assert "video" in said["cameras"].fix and "never by pip" in said["tensorrt"].fix
    assert doctor.exit_code(findings) == 1


@pytest.mark.parametrize(
    ("sick", "level", "words"),
    [
        ("no", "ok", "FP16 of pose-fast.onnx, TensorRT 10.3.0, Fake Orin"),
        ("moved to another board", "problem", "built for another machine"),
        ("sidecar lost", "problem", "build it again"),
    ],
)
def test_engines_and_their_sidecars(
    sick: str, level: str, words: str, machine: Callable[..., None],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    model = shipped_model("fast")
    engine = tmp_path / "pose-fast.engine"
    build_engine(model, engine, "fp16")
    monkeypatch.setattr(doctor, "shipped_model", lambda name: tmp_path / "pose-fast.onnx")
    if sick == "moved to another board":
        machine(gpu="Fake Xavier", cc="7.2")
    elif sick == "sidecar lost":
        sidecar_path(engine).unlink()
    found = by_name(doctor.examine(open_backend, RIGHT))["engine"]
    assert found.level == level and words in found.said


def test_the_engine_that_a_station_built_for_itself_is_looked_at(
    nano: Path, machine: Callable[..., None]
) -> None:
    machine("8.2", "5.3", "NVIDIA Tegra X1")
    folder = nano / "var/lib/edge-reps/engines/1.0.0"
    folder.mkdir(parents=True)
    engine = folder / "pose-fast.engine"
    build_engine(shipped_model("fast"), engine)
    assert by_name(doctor.examine(open_backend, RIGHT, nano))["engine"].level == "ok"
    engine.write_bytes(b"")
    found = by_name(doctor.examine(open_backend, RIGHT, nano))["engine"]
    assert found.level == "problem" and f"sudo rm -r {folder}" in found.fix


def test_who_has_no_home_has_a_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "gone" / "home"))
    assert by_name(doctor.examine(open_backend, RIGHT))["disk"].said.endswith("MiB free")


@pytest.mark.parametrize(
    ("clock", "level", "said"),
    [
        (RIGHT, "ok", "trusted: it is set by a time server"),
        (
            ClockState(True, "is set by a time server", 120.0, 281216060.0),
            "ok",
            "trusted: it is set by a time server; it was set forward by 3255 days since the start",
        ),
        (
            ClockState(True, "is set by a time server", 120.0, -3600.0),
            "ok",
            "trusted: it is set by a time server; it was set back by 1 hour since the start",
        ),
        (
            ClockState(False, "says 1970-01-01, but this release was made on 2026-11-28"),
            "warning",
            "not trusted: it says 1970-01-01, but this release was made on 2026-11-28",
        ),
    ],
)
def test_the_clock(nano: Path, clock: ClockState, level: str, said: str) -> None:
    finding = by_name(doctor.examine(open_backend, clock, nano))["clock"]
    assert (finding.level, finding.said) == (level, said)
    assert ("time server" in finding.fix) == (level == "warning")
