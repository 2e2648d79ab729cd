"""Which precision is built on which machine, what is refused, and what the sidecar then says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.board import Memory
from edge_app.cli import main
from edge_app.engine.build import build_engine, check_memory, choose_precision
from edge_app.engine.calibration import read_pictures
from edge_app.errors import InputError
from edge_app.pose.backend import OnnxBackend, shipped_model

FAST = shipped_model("fast")
NANO = ("8.2", "5.3", "NVIDIA Tegra X1")
MACHINES = {
    "Nano, 8.2": {"gpu": "Tegra X1", "compute_capability": [5, 3], "fp16": True, "int8": False,
                      "weakly_typed": True, "calibrator": True, "tensorrt": "8.2.1"},
    "Orin, 10.3": {"gpu": "Orin", "compute_capability": [8, 7], "fp16": True, "int8": True,
                       "weakly_typed": True, "calibrator": True, "tensorrt": "10.3.0"},
    "Orin, 11.4": {"gpu": "Orin", "compute_capability": [8, 7], "fp16": True, "int8": True,
                       "weakly_typed": False, "calibrator": False, "tensorrt": "11.4.0"},
    "Maxwell, 8.6": {"gpu": "GTX 970", "compute_capability": [5, 2], "fp16": False, "int8": False,
                         "weakly_typed": True, "calibrator": True, "tensorrt": "8.6.1"},
}  # fmt: skip
NO, Q, HALF, SET, BACK = (), ("quantised",), ("half",), ("calibrated",), ("allow_fallback",)


@pytest.mark.parametrize(
    ("machine", "requested", "given", "expected"),
    [
        ("Nano, 8.2", "auto", NO, "fp16"),
        ("Nano, 8.2", "int8", NO, "has no INT8 units"),
        ("Nano, 8.2", "int8", SET, "has no INT8 units"),  # a calibrator would build, and be slower
        ("Nano, 8.2", "int8", SET + BACK, "fp16"),
        ("Nano, 8.2", "auto", Q, "give the FP32 model"),  # Q/DQ is a hard error there
        ("Nano, 8.2", "int8", Q + BACK, "give the FP32 model"),
        ("Nano, 8.2", "fp32", NO, "fp32"),
        ("Orin, 10.3", "auto", NO, "fp16"),
        ("Orin, 10.3", "auto", Q, "int8"),
        ("Orin, 10.3", "int8", Q, "int8"),
        ("Orin, 10.3", "int8", SET, "int8"),
        ("Orin, 10.3", "int8", NO, "not quantised"),
        ("Orin, 10.3", "int8", BACK, "fp16"),
        ("Orin, 10.3", "fp16", Q, "cannot become fp16"),
        ("Orin, 11.4", "auto", NO, "fp32"),  # the file decides: FP32 in, FP32 out
        ("Orin, 11.4", "auto", HALF, "fp16"),
        ("Orin, 11.4", "fp16", NO, "give an FP16 ONNX"),
        ("Orin, 11.4", "int8", SET, "has no calibrator"),
        ("Orin, 11.4", "int8", Q, "int8"),
        ("Maxwell, 8.6", "auto", NO, "fp32"),
        ("Maxwell, 8.6", "fp16", NO, "not fast in FP16"),
        ("Maxwell, 8.6", "int8", BACK, "has no INT8 units"),  # nothing to fall back on
    ],
)
def test_precision(machine: str, requested: str, given: tuple[str, ...], expected: str) -> None:
    names = ("quantised", "half", "calibrated", "allow_fallback")
    switches = {name: name in given for name in names}
    try:
        got = choose_precision(requested, MACHINES[machine], **switches).precision
    except InputError as exc:
        assert expected in str(exc) and "\n" not in str(exc)
    else:
        assert got == expected


def build(folder: Path, *options: str) -> int:
    return main(["engine", "build", "fast", "--out", str(folder / "pose.engine"), *options])


def said(folder: Path) -> dict:
    return json.loads((folder / "pose.engine.json").read_text())


def test_int8_on_a_nano_is_one_sentence_and_leaves_nothing(
    machine: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    machine(*NANO)
    assert build(tmp_path, "--precision", "int8") == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("reps: NVIDIA Tegra X1 (compute capability 5.3) has no INT8 units")
    assert not list(tmp_path.iterdir())


def test_an_allowed_fall_back_is_called_what_it_is(
    machine: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    machine(*NANO)
    assert build(tmp_path, "--precision", "int8", "--allow-fallback") == 0
    assert "FP16 (INT8 was asked for, but NVIDIA Tegra X1" in capsys.readouterr().out
    sidecar = said(tmp_path)
    assert (sidecar["requested"], sidecar["precision"]) == ("int8", "fp16")
    header = (tmp_path / "pose.engine").read_bytes().split(b"\n")[1]
    assert json.loads(header)["flags"] == ["FP16"]


def test_cudnn_and_cublas_are_left_out_unless_nothing_builds_without(
    machine: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(*NANO)
    assert build(tmp_path) == 0 and said(tmp_path)["tactics"] == "core"
    monkeypatch.setenv("FAKE_TENSORRT_NEEDS_CUDNN", "1")
    assert build(tmp_path) == 0 and said(tmp_path)["tactics"] == "core, cuDNN and cuBLAS"


@pytest.mark.parametrize("damage", ["none", "broken", "of another version"])
def test_timings_are_kept_and_useless_ones_made_anew(
    damage: str, machine: Callable[..., None], tmp_path: Path
) -> None:
    assert build(tmp_path) == 0
    cache = next(tmp_path.glob("timing-*.cache"))
    first = cache.read_bytes()
    if damage != "none":
        cache.write_bytes(b"\0\1" if damage == "broken" else b"timings of 8.0")
    assert build(tmp_path) == 0 and cache.read_bytes() == first


@pytest.mark.parametrize("missing", ["TensorRT", "CUDA", "a GPU"])
def test_a_machine_that_lacks_something_says_what(
    missing: str, machine: Callable[..., None], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    if missing == "TensorRT":
        monkeypatch.setenv("PYTHONPATH", "")
    elif missing == "CUDA":
        monkeypatch.setenv("LD_LIBRARY_PATH", "")
        monkeypatch.setattr("edge_app.engine.process.WORKER", _without_cuda(tmp_path))
    else:
        monkeypatch.setenv("FAKE_CUDA_NONE", "1")
    assert build(tmp_path) == 2
    words = {"TensorRT": "has no TensorRT", "CUDA": "libcudart.so", "a GPU": "no GPU"}
    assert words[missing] in capsys.readouterr().err


def _without_cuda(folder: Path) -> Path:
    """The worker on a machine where no CUDA is installed, whatever this machine has."""
    from edge_app.engine.process import WORKER

    code = WORKER.read_text().replace('"libcudart.so"', '"no-such-library.so"')
    code = code.replace('("10.2", "11.0", "12", "13")', "()")
    (folder / "worker.py").write_text(code)
    return folder / "worker.py"


def test_memory_is_looked_at_before(tmp_path: Path) -> None:
    check_memory(256, FAST, Memory(4000, 1500, 4000, 4000))
    check_memory(256, FAST, None)  # nothing is known: let TensorRT try
    with pytest.raises(InputError, match=r"needs about 1\d+ MiB and 700 MiB .* 100 MiB of swap"):
        check_memory(256, FAST, Memory(4000, 700, 100, 100))


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
    refused("is not a calibration cache of this program")
    cache.write_bytes(head.replace(b'"10.3.0"', b'"8.2.1"') + b"\n" + content)
    refused("another tensorrt")
    cache.write_bytes(head.replace(wanted.sha256.encode(), b"0" * 64) + b"\n" + content)
    refused("another set")


@pytest.mark.parametrize("damage", ["empty", "cut", "text"])
def test_a_damaged_model_is_refused_before_anything_starts(damage: str, tmp_path: Path) -> None:
    whole = FAST.read_bytes()
    path = tmp_path / "bad.onnx"
    path.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "text": b"hello"}[damage])
    with pytest.raises(InputError, match="is not a model that can be loaded"):
        build_engine(path, tmp_path / "a.engine")
