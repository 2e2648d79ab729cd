"""The command as a user meets it: the shipped clips, and everything that can be wrong."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.cli.main import main
from edge_app.sinks.video.h264 import H264Writer


@pytest.fixture
def empty_clip(tmp_path: Path) -> Path:
    """A grey room with nobody in it."""
    path = tmp_path / "empty.mp4"
    writer = H264Writer(path, 15, crf=23)
    for number in range(10):
        writer.add(np.full((96, 160, 3), 90, np.uint8), number / 15)
    writer.close()
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("name", "within_s"), [("sit-up", 0.3), ("push-up", 0.4), ("squat", 0.3)])
def test_the_shipped_clips_are_counted_exactly(
    name: str, within_s: float, data: Path, tmp_path: Path
) -> None:
    truth = json.loads((data / f"{name}.json").read_text())["reps"]
    out = tmp_path / "result.json"
    clip = str(data / f"{name}.mp4")
    assert main(["count", clip, "--exercise", name, "--json", str(out), "--quiet"]) == 0
    result = json.loads(out.read_text())
    reps = [r for r in result["repetitions"] if r["counted"]]
    assert result["count"] == len(reps) == len(truth)
    for rep, true in zip(reps, truth):
        assert abs(rep["start_s"] - true["leaves_s"]) < within_s
        assert abs(rep["end_s"] - true["back_s"]) < within_s


@pytest.mark.slow
def test_all_outputs_of_one_clip(data: Path, tmp_path: Path, capsys) -> None:
    names = {"--out": "a.mp4", "--json": "a.json", "--csv": "a.csv", "--coco": "c.json"}
    options = [v for option, name in names.items() for v in (option, str(tmp_path / name))]
    clip = str(data / "squat.mp4")
    assert main(["count", clip, "--exercise", "squat", "--timing", *options]) == 0
    printed = capsys.readouterr().out
    assert "squat: 5" in printed and "network" in printed
    assert "beside the network" in printed and "ratio 0." in printed
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(names.values())
    video, original = cv2.VideoCapture(str(tmp_path / "a.mp4")), cv2.VideoCapture(clip)
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == original.get(cv2.CAP_PROP_FRAME_COUNT)
    assert int(video.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little") in (b"h264", b"avc1")
    with (tmp_path / "a.csv").open() as file:
        assert len(list(csv.DictReader(file))) >= 5
    poses = json.loads((tmp_path / "c.json").read_text())
    assert len(poses) > 0.9 * original.get(cv2.CAP_PROP_FRAME_COUNT)


def test_nobody_in_the_clip_is_a_count_of_zero(empty_clip: Path, capsys) -> None:
    assert main(["count", str(empty_clip), "--exercise", "sit-up", "--quiet"]) == 0
    assert capsys.readouterr().out == "nobody seen in the clip\nsit-up: 0\n"


def test_a_result_of_a_hold_can_be_replayed(empty_clip: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "a.json"
    count = ["count", str(empty_clip), "--exercise", "plank", "--quiet", "--json", str(out)]
    assert main(count) == 0
    counted = capsys.readouterr().out.splitlines()[-1]
    assert main(["replay", str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == counted == "plank, seconds: 0"
    assert json.loads(out.read_text())["exercise"] == "plank"


def broken_inputs(folder: Path, clip: Path) -> dict[str, tuple[list[str], str]]:
    """What is wrong → arguments, and a piece of the sentence."""
    (folder / "text.mp4").write_text("this is no video\n" * 50)
    (folder / "zero.mp4").touch()
    (folder / "bad.toml").write_text("name = [")
    (folder / "odd.toml").write_text('name = "x"\ncolour = "red"\n')
    (folder / "bad.onnx").write_bytes(b"no model")
    squat = ["--exercise", "squat"]
    return {
        "no such file": ([str(folder / "none.mp4"), *squat], "no such file"),
        "not a video": ([str(folder / "text.mp4"), *squat], "not a video"),
        "zero frames": ([str(folder / "zero.mp4"), *squat], "the file is empty"),
        "an unknown exercise": ([str(clip), "--exercise", "juggling"], "no exercise 'juggling'"),
        "a broken TOML": ([str(clip), "--exercise", str(folder / "bad.toml")], "bad.toml"),
        "an unknown key": ([str(clip), "--exercise", str(folder / "odd.toml")], "colour"),
        "neither exercise nor protocol": ([str(clip)], "--exercise or --protocol"),
        "an unknown protocol": ([str(clip), "--protocol", "cooper"], "no protocol 'cooper'"),
        "a protocol of another exercise": (
            [str(clip), *squat, "--protocol", "china-sit-up"], "is a test of sit-up, not of squat",
        ),
        "no such model": ([str(clip), *squat, "--model", "no.onnx"], "no such model"),
        "a corrupt model": (
            [str(clip), *squat, "--model", str(folder / "bad.onnx")], "not a valid model",
        ),
        "a video of another kind": ([str(clip), *squat, "--out", str(folder / "a.txt")], ".mp4"),
        "a folder for a file": ([str(clip), *squat, "--csv", str(folder)], "it is a folder"),
        "a folder that is not there": (
            [str(clip), *squat, "--out", str(folder / "no" / "a.mp4")], "cannot write",
        ),
    }  # fmt: skip


CASES = (
    "no such file", "not a video", "zero frames", "an unknown exercise",
    "neither exercise nor protocol", "an unknown protocol", "a protocol of another exercise",
    "a broken TOML", "an unknown key", "no such model", "a corrupt model",
    "a folder that is not there", "a video of another kind", "a folder for a file",
)  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_wrong_input_is_one_sentence_and_leaves_nothing(
    case: str, data: Path, tmp_path: Path, capsys
) -> None:
    arguments, piece = broken_inputs(tmp_path, data / "squat.mp4")[case]
    before = set(tmp_path.iterdir())
    if "--out" not in arguments:
        arguments = [*arguments, "--out", str(tmp_path / "a.mp4")]
    arguments += ["--json", str(tmp_path / "a.json"), "--quiet"]
    assert main(["count", *arguments]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("reps: ") and piece in said and "\n" not in said
    assert set(tmp_path.iterdir()) == before


@pytest.mark.slow
def test_a_clip_that_breaks_off_is_counted_as_far_as_it_goes(
    data: Path, tmp_path: Path, capsys
) -> None:
    whole = (data / "squat.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    files = ["--out", str(tmp_path / "a.mp4"), "--json", str(tmp_path / "a.json")]
    assert main(["count", str(tmp_path / "cut.mp4"), "--exercise", "squat", *files, "--quiet"]) == 3
    printed = capsys.readouterr()
    assert printed.err.startswith(f"reps: {tmp_path / 'cut.mp4'}: it breaks off: the last ")
    assert printed.err.count("\n") == 1
    stored = json.loads((tmp_path / "a.json").read_text())
    assert 1 <= stored["count"] < 5 and stored["damage"] in printed.err
    assert (tmp_path / "a.mp4").stat().st_size > 10_000


@pytest.fixture
def two_mats(data: Path, tmp_path: Path) -> Path:
    """The squat clip on the left, and on the right again, but begun after its second squat."""
    truth = json.loads((data / "squat.json").read_text())["reps"]
    capture = cv2.VideoCapture(str(data / "squat.mp4"))
    fps = capture.get(cv2.CAP_PROP_FPS)
    frames = []
    while (read := capture.read())[0]:
        frames.append(cv2.resize(read[1], None, fx=0.5, fy=0.5))
    late = round((truth[2]["leaves_s"] - 0.4) * fps)
    path = tmp_path / "two.mp4"
    writer = H264Writer(path, fps, crf=23)
    for number, left in enumerate(frames):
        right = frames[min(number + late, len(frames) - 1)]
        writer.add(np.hstack([left, right]), number / fps)
    writer.close()
    return path


@pytest.mark.slow
def test_two_students_are_counted_apart(two_mats: Path, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "result.json")
    clip = [str(two_mats), "--exercise", "squat", "--stations", "2", "--quiet", "--json", out]
    assert main(["count", *clip]) == 0
    counts = [json.loads((tmp_path / f"result-{n}.json").read_text())["count"] for n in (1, 2)]
    assert counts == [5, 3]
    assert "mat 2: squat: 3" in capsys.readouterr().out
