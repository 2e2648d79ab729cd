"""One command: set → Q/DQ → lint → gate → file and pass, or a refusal that writes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("onnxslim", reason="needs the extra `int8`")
pytest.importorskip("onnx", reason="needs the extra `int8`")
pytest.importorskip("pycocotools", reason="needs the extra `int8`")

import onnx

from calibration import build as builder
from calibration.build import int8_path, main
from calibration.choose import choose
from calibration.clips import ClipShares
from calibration.expand import main as expand_main
from calibration.gate import Measured, Thresholds, objections
from calibration.make import load_fp32, make_int8
from calibration.pictures import SHIPPED, load_set
from calibration.quantise import CALIBRATORS, Recipe
from edge_app.errors import InputError
from edge_app.pose.agreement import Agreement
from edge_app.pose.views import View
from edge_app.runtime.certificate import certificate_path, check_model_certificate
from edge_app.runtime.onnx import OnnxBackend
from edge_app.tools.collect import write_set
from tests.calibration.tiny_network import SIZE


@pytest.fixture
def source(fp32: onnx.ModelProto, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.onnx"
    onnx.save(fp32, path)
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    views = []
    for i in range(8):
        image = rng.integers(0, 256, (SIZE, SIZE, 3), dtype=np.uint8)
        jpeg = cv2.imencode(".jpg", image)[1].tobytes()
        views.append(View(jpeg, True, np.nan, 0.5, np.nan, np.array([float(i)])))
    write_set(tmp_path / "set", views, 8, {})
    return tmp_path / "set"


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """One picture for a second: nothing moves, so nothing is counted."""
    out = cv2.VideoWriter(str(tmp_path / "a.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 10, (96, 96))
    rng = np.random.default_rng(4)
    picture = rng.integers(0, 256, (96, 96, 3), dtype=np.uint8)
    for _ in range(12):
        out.write(picture)
    out.release()
    path = tmp_path / "clips.csv"
    path.write_text("file,exercise,count\na.mp4,squat,0\na.mp4,negative,0\n")
    return path


# Random weights answer with noise, in which INT8 loses keypoints that trained ones would keep.
LENIENT = Thresholds(heatmap_cosine=0.9, paf_cosine=0.9, keypoints_missed=1.0)


def test_the_command_makes_a_file_the_runtime_takes(
    source: Path, pictures: Path, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "Thresholds", lambda: LENIENT)
    again = [str(source), "--set", str(pictures), "--clips", str(clips)]
    assert main(again) == 0
    made = int8_path(source)
    signed = check_model_certificate(made)
    assert signed is not None and signed["passed"]
    assert signed["figures"]["clips"]["same_counts"] == 1.0
    assert 0.1 < signed["int8_share_of_multiply_adds"] < 1
    assert OnnxBackend(made).metadata["precision"] == "int8"
    first = made.read_bytes()
    assert main(again) == 0
    assert made.read_bytes() == first  # the same again, to the byte

    old = tmp_path / "old-int8.onnx"
    assert expand_main([str(made), str(old)]) == 0
    assert check_model_certificate(old) == signed
    old.write_bytes(old.read_bytes() + b"\0")
    with pytest.raises(InputError, match="certifies another file"):
        check_model_certificate(old)


def test_a_refusal_writes_nothing(
    source: Path, pictures: Path, clips: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(builder, "Thresholds", lambda: Thresholds(heatmap_cosine=1.1))
    assert main([str(source), "--set", str(pictures), "--clips", str(clips)]) == 1
    assert "refused: cosine of heatmaps" in capsys.readouterr().err
    assert not int8_path(source).exists() and not certificate_path(int8_path(source)).exists()


def test_every_switch_gives_a_graph_without_findings(fp32: onnx.ModelProto, pictures: Path) -> None:
    blobs, _ = load_set(pictures, (SIZE, SIZE))
    recipe = Recipe(equalise=True, correct_bias=True, keep_float=())
    assert make_int8(fp32, blobs, recipe, {}).metadata_props


@pytest.mark.parametrize("name", ["set/0003.jpg", "set/manifest.json", "clips.csv", "tiny.onnx"])
def test_damaged_input_is_one_sentence(
    source: Path, pictures: Path, clips: Path, name: str, capsys: pytest.CaptureFixture
) -> None:
    (source.parent / name).write_bytes(b"\xff damaged")
    assert main([str(source), "--set", str(pictures), "--clips", str(clips)]) == 2
    assert capsys.readouterr().err.startswith("build: ")


def test_an_int8_file_is_no_source(source: Path, int8: onnx.ModelProto) -> None:
    onnx.save(int8, source)
    assert main([str(source)]) == 2


def test_the_shipped_set_is_whole_and_small() -> None:
    blobs, _ = load_set(SHIPPED, (64, 64))
    assert len(blobs) >= 200
    assert sum(p.stat().st_size for p in SHIPPED.iterdir()) <= 5e6
    covered = json.loads((SHIPPED / "manifest.json").read_text())["covered"]
    for word in ("upright", "tilted", "lying", "upside down", "dark", "bright", "far", "near"):
        assert sum(n for cell, n in covered.items() if word in cell.split(", ")) >= 5, word


GOOD = Measured(
    Agreement(0.999, 0.99, 0.9, 0.01, 10), ClipShares(20, 0.95, 0.9, 0.9, 0.01, {}, {}), {}
)


@pytest.mark.parametrize(
    ("measured", "objection"),
    [
        (GOOD, None),
        (replace(GOOD, clips=None), None),
        (replace(GOOD, clips=replace(GOOD.clips, same_counts=0.94)), "clips counted alike"),
        (replace(GOOD, signals=replace(GOOD.signals, paf_cosine=0.9)), "cosine of fields"),
        (replace(GOOD, signals=replace(GOOD.signals, heatmap_cosine=float("nan"))), "heatmaps"),
        (replace(GOOD, signals=replace(GOOD.signals, missed=0.2)), "keypoints lost"),
    ],
)
def test_each_limit_objects(measured: Measured, objection: str | None) -> None:
    told = objections(measured, Thresholds())
    assert len(told) == (objection is not None)
    assert objection is None or objection in told[0]


def test_the_calibrator_that_keeps_most_keypoints_is_taken(
    source: Path, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter(
        Agreement(0.99, 0.99, share, 0.01, 1)
        for share in (0.6, 0.9, 0.7)  # in CALIBRATORS' order
    )
    monkeypatch.setattr("calibration.choose.agreement", lambda *_: next(found))
    blobs, _ = load_set(pictures, (SIZE, SIZE))
    start = Recipe(calibrator="best")
    chosen = choose(
        load_fp32(source), blobs, start, OnnxBackend(source, threads=1), blobs, tmp_path
    )
    assert chosen == replace(start, calibrator="entropy")
    assert {p.name for p in tmp_path.glob("*.onnx")} >= {f"{c}.onnx" for c in CALIBRATORS}
