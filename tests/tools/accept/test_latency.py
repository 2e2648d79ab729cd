"""Latency in front of clips that play as cameras, one that is missing and one that fails."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edge_app.camera.contract import Shot
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import shipped_model
from edge_app.tools.accept import latency as module
from edge_app.tools.accept.latency import camera_of, latency
from edge_app.tools.accept.networks import Way
from edge_app.tools.accept.rig import Failed, Found, Rig, Skipped
from tests.clips import write_clip


@pytest.fixture(autouse=True)
def known_network(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = OnnxBackend(shipped_model("fast"), 1)
    way = Way("fast", "ONNX Runtime fp32", "fp32", lambda: backend)
    monkeypatch.setattr(module, "fastest", lambda rig: (way, backend))
    monkeypatch.setattr(module, "WARM_UP", 2)


def test_a_clip_as_a_camera(rig: Rig, data: Path) -> None:
    rig.camera, rig.load_s = f"file:{data / 'push-up.mp4'}", 2.0
    found: Found = {}
    said = latency(rig, found)
    assert "pose after" in said and found["picture"] == "640x360"
    pose, page = found["pose_ms"], found["page_ms"]
    assert 0 < pose["p50"] <= pose["p95"] <= pose["p99"]
    assert page["p50"] > pose["p50"], "the page comes after the pose"
    assert found["picture_ms"]["p50"] > 0 and found["counted"] > 2
    json.dumps(found)


def test_a_clip_that_ends_is_no_fault(rig: Rig, tmp_path: Path) -> None:
    rig.camera, rig.load_s = f"file:{write_clip(tmp_path / 'a.mp4', 30)}?once", 3600.0
    found: Found = {}
    latency(rig, found)
    assert found["counted"] + found["dropped"] == 30


def test_without_a_camera_it_is_skipped(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "usb_cameras", list)
    with pytest.raises(Skipped, match="no USB camera is connected"):
        latency(rig, {})
    monkeypatch.setattr(module, "usb_cameras", lambda: ["usb:/dev/v4l/by-id/one", "usb:two"])
    assert camera_of(rig).place == "/dev/v4l/by-id/one"


def test_a_camera_that_is_not_there_fails_without_its_password(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PICTURE_S", 0.3)
    rig.camera = "rtsp://user:secret@127.0.0.1:1/x"
    found: Found = {}
    with pytest.raises(Failed, match=r"no picture from rtsp://127\.0\.0\.1:1: "):
        latency(rig, found)
    assert "secret" not in json.dumps(found) and found["counted"] == 0


class Dying:
    """A camera that is unplugged after some pictures."""

    live, every = True, False

    def __init__(self) -> None:
        self._left = 8

    def read(self) -> Shot | None:
        if not self._left:
            return None
        self._left -= 1
        return Shot(np.random.default_rng(self._left).integers(0, 255, (48, 64, 3), np.uint8))

    def close(self) -> None:
        """Nothing is open."""


def test_a_camera_that_is_unplugged_fails_and_its_figures_stay(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Dying] = []

    def open_once(address: object) -> Dying:
        if opened:
            raise Failed("no USB camera at /dev/video0")
        opened.append(Dying())
        return opened[0]

    monkeypatch.setattr(module, "open_capture", open_once)
    rig.camera, rig.load_s = "usb:0", 1.5
    found: Found = {}
    with pytest.raises(Failed, match=r"usb:/dev/video0 was gone at the end: "):
        latency(rig, found)
    assert found["counted"] >= 1 and found["pose_ms"]["p50"] > 0
