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

pytest.importorskip("openvino", reason="needs OpenVINO")

import onnx

from calibration.build import build, int8_path, main
from calibration.choose import choose
from calibration.evidence import open_evidence
from calibration.expand import main as expand_main
from calibration.gate import LIMITS, Limit
from calibration.make import load_fp32, make_int8
from calibration.pictures import SHIPPED, load_set
from calibration.quantise import CALIBRATORS, Recipe
from edge_app.errors import InputError
from edge_app.pose.agreement import Agreement
from edge_app.pose.views import View
from edge_app.runtime import auto
from edge_app.runtime.certificate import (
    ONNX_RUNTIME,
    certificate_path,
    check_model_certificate,
)
from edge_app.runtime.onnx import OnnxBackend
from edge_app.runtime.open import open_backend
from edge_app.runtime.openvino import OpenVinoBackend
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


def test_the_command_makes_a_file_the_runtimes_take(
    source: Path, pictures: Path, clips: Path, tmp_path: Path
) -> None:
    again = [str(source), "--set", str(pictures), "--clips", str(clips), "--for-scale"]
    assert main(again) == 0
    made = int8_path(source)
    signed = check_model_certificate(made)
    assert signed is not None and set(signed["passed"]) == {"ONNX Runtime", "TensorRT", "OpenVINO"}
    assert signed["runtimes"]["OpenVINO"]["same counts"] == 1.0
    assert signed["for scale"]["FP32, noise of one grey level"]["same counts"] == 1.0
    assert "AP, coco_val sample" in signed["not_measured"]  # nobody is told that it was
    assert "MAE, real clips" not in signed["not_measured"]
    assert 0 < signed["int8_share_of_multiply_adds"] < 1
    assert OnnxBackend(made).metadata["precision"] == "int8"
    assert "INT8" in OpenVinoBackend(made).provider
    first = made.read_bytes()
    assert main(again) == 0
    assert made.read_bytes() == first  # the same again, to the byte

    old = tmp_path / "old-int8.onnx"
    assert expand_main([str(made), str(old)]) == 0
    assert check_model_certificate(old) == signed
    old.write_bytes(old.read_bytes() + b"\0")
    with pytest.raises(InputError, match="certifies another file"):
        check_model_certificate(old)


def test_auto_takes_the_int8_file_where_the_processor_has_integer_units(
    source: Path, pictures: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main([str(source), "--set", str(pictures), "--clips", str(clips)]) == 0
    for flags, name in (({"avx_vnni"}, "tiny-int8.onnx"), (set(), "tiny.onnx")):
        monkeypatch.setattr(auto, "cpu_flags", lambda root, flags=flags: frozenset(flags))
        backend = open_backend(source, 1)
        assert backend.path.name == name, backend.why
    monkeypatch.setattr(auto, "cpu_flags", lambda root: frozenset({"avx_vnni"}))
    certificate = certificate_path(int8_path(source))
    signed = json.loads(certificate.read_text())
    signed["passed"]["OpenVINO"] = "2020.1.0"
    certificate.write_text(json.dumps(signed))
    backend = open_backend(source, 1)
    assert backend.path == source and "passed its gate on OpenVINO 2020.1.0" in backend.why
    other = onnx.load(source)
    other.doc_string = "trained further"
    onnx.save(other, source)
    assert "made from another network" in open_backend(source, 1).why


def test_a_refusal_writes_nothing(
    source: Path, pictures: Path, clips: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = [str(source), "--set", str(pictures), "--clips", str(clips), "--runtime"]
    harsh = {row: Limit(-1.0) for row in LIMITS}
    (verdict,) = build(
        source, Recipe(), pictures, open_evidence(clips, None, None, 1, 1, None),
        (ONNX_RUNTIME,), limits=harsh,
    )  # fmt: skip
    assert any(o.startswith("MAE, real clips: worse by") for o in verdict.objections)
    assert json.loads(capsys.readouterr().out)["passed"] == {}
    assert not int8_path(source).exists() and not certificate_path(int8_path(source)).exists()
    clips.write_text("file,exercise,count\na.mp4,negative,0\n")
    assert main([*arguments, ONNX_RUNTIME]) == 1
    assert "no repetition was counted" in capsys.readouterr().err
    assert not int8_path(source).exists()


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
