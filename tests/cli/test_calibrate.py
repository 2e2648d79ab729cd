"""`reps calibrate collect`, as it is typed."""

from __future__ import annotations

import hashlib
import json
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.camera.clip import ClipSource
from edge_app.camera.contract import Shot
from edge_app.cli.calibrate import open_frames
from edge_app.cli.main import main


@pytest.mark.parametrize("address", ["file:{}", "file:{}?once"])  # as the kiosk takes them
def test_the_command_writes_a_set(
    address: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = tmp_path / "set"
    clip = tmp_path / "short.mp4"
    shorten(data / "squat.mp4", clip, 24)
    camera = ["--camera", address.format(clip)]
    assert main(["calibrate", "collect", *camera, "--frames", "3", "--out", str(out)]) == 0
    manifest = json.loads((out / "manifest.json").read_text())
    assert len(manifest["pictures"]) == 3
    for row in manifest["pictures"]:
        content = (out / row["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        assert cv2.imread(str(out / row["file"])).shape == (192, 192, 3)
    assert "faces" in manifest["source"]
    assert "Look through the pictures" in capsys.readouterr().out
    assert not list(tmp_path.glob(".*"))


def shorten(clip: Path, out: Path, frames: int) -> None:
    with ClipSource(clip) as source:
        writer = cv2.VideoWriter(
            str(out), cv2.VideoWriter.fourcc(*"mp4v"), source.fps, (source.width, source.height)
        )
        for frame in islice(source, frames):
            writer.write(frame.image)
        writer.release()


@pytest.mark.parametrize(
    ("camera", "frames", "reason"),
    [
        ("nothing.mp4", "3", "no such file: nothing.mp4"),
        ("usb:/dev/video97", "3", "no USB camera"),
        ("nothing.mp4", "0", "--frames must be at least 1"),
    ],
)
def test_wrong_input_is_one_sentence(
    camera: str, frames: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    out = str(tmp_path / "set")
    assert main(["calibrate", "collect", "--camera", camera, "--frames", frames, "--out", out]) == 2
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "set").exists()


class Ending:
    """A camera of three pictures that is then unplugged for good, as a clip played once."""

    live, every = False, True

    def __init__(self) -> None:
        self.left = 3

    def read(self) -> Shot | None:
        self.left -= 1
        return Shot(np.full((4, 4, 3), self.left, np.uint8)) if self.left >= 0 else None

    def close(self) -> None:
        """Nothing is held."""


def test_a_cameras_pictures_come_once_each_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_app.cli.calibrate.open_capture", lambda address: Ending())
    with open_frames("usb:") as frames:
        seen = [(frame.index, int(frame.image[0, 0, 0])) for frame in frames]
    assert seen == [(0, 2), (1, 1), (2, 0)]


def test_a_set_that_is_there_is_said_before_the_camera_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--camera", "nothing.mp4", "--out", str(tmp_path)]
    assert main(["calibrate", "collect", *words]) == 2
    assert str(tmp_path) in capsys.readouterr().err
