"""Ranges for INT8 that TensorRT itself takes from pictures, and its cache."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.device.engine.build import build_engine
from edge_app.device.engine.calibration import read_pictures
from edge_app.errors import InputError
from edge_app.runtime.certificate import FORMAT, TENSORRT
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend, shipped_model
from edge_app.runtime.tensorrt.backend import EngineBackend
from tests.device.engine.flags import flags
from tests.runtime.tensorrt.surface import VERSIONS

FAST = shipped_model("fast")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for n in range(3):
        cv2.imwrite(str(folder / f"{n}.png"), np.full((60, 80, 3), 60 * n, np.uint8))
    return folder


def test_calibration_by_tensorrt_and_its_cache(
    machine: Callable[..., None], tmp_path: Path, pictures: Path
) -> None:
    out = tmp_path / "pose.engine"
    wanted = read_pictures(pictures)
    sidecar = build_engine(FAST, out, "int8", calibration=wanted)
    assert sidecar.precision == "int8" and wanted.sha256 in sidecar.calibration
    with pytest.raises(InputError, match="without an accuracy certificate"):
        open_backend(out)
    signed = {
        "format": FORMAT,
        "passed": {TENSORRT: "8.6"},
        "files": [{"sha256": sidecar.engine_sha256}],
    }
    (tmp_path / "pose.json").write_text(json.dumps(signed))
    EngineBackend(out).close()
    cache = tmp_path / "pose.engine.calibration"
    head, content = cache.read_bytes().split(b"\n", 1)
    # The largest first value of the inputs: the device's own preprocessing, grey 60 to 120.
    blobs = wanted.blobs(OnnxBackend(FAST).input_hw)
    assert content.endswith(f"{np.abs(blobs[:, 0, 0, 0]).max()} of 3".encode())
    before = cache.read_bytes()
    build_engine(FAST, out, "int8", calibration=wanted)
    assert cache.read_bytes() == before

    def refused(words: str) -> None:
        with pytest.raises(InputError, match=words):
            build_engine(FAST, out, "int8", calibration=wanted)

    cache.write_bytes(before[:-3])
    refused("is damaged: delete it")
    cache.write_bytes(b"TRT-8203-EntropyCalibration2\nimage: 3c010a14\n")
    refused("is not a calibration cache of edge-reps")
    cache.write_bytes(head.replace(b'"10.3.0"', b'"8.2.1"') + b"\n" + content)
    refused("another tensorrt")
    cache.write_bytes(head.replace(wanted.sha256.encode(), b"0" * 64) + b"\n" + content)
    refused("another set")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_calibrator_is_used_where_it_exists_and_only_there(
    version: str, machine: Callable[..., None], tmp_path: Path, pictures: Path
) -> None:
    machine(version)
    arguments = (FAST, tmp_path / "a.engine", "int8", False, 256, read_pictures(pictures))
    if version.startswith("11"):
        with pytest.raises(InputError, match="has no calibrator: use a quantised"):
            build_engine(*arguments)
    else:
        assert build_engine(*arguments).precision == "int8"
        assert flags(tmp_path / "a.engine") == ["FP16", "INT8"]  # FP16 too, or the rest is FP32


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no pictures in"):
        read_pictures(tmp_path)


def test_a_picture_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"a\.png: not a picture"):
        read_pictures(tmp_path).blobs((64, 64))
