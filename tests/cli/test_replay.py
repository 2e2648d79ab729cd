"""`reps replay`: the same result from the stored track, or one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.cli.main import main
from edge_app.pipeline.build import StoredTrack, rules_of
from edge_app.pipeline.run import run
from edge_app.pipeline.update import Result
from edge_app.sinks.document import JsonSink, read_document, verdict_as_dict
from edge_app.skeleton import KEYPOINTS
from tests.exercise.stick_figure import disturb, movement, push_up

HEAD = f'{{"keypoints": {json.dumps(KEYPOINTS)}'


def write_result(path: Path, protocol: str | None, reps: int = 4) -> Result:
    """Counts a disturbed stick figure and writes its result as `reps count --json` does."""
    rules = rules_of("push-up", protocol)
    times = np.arange(0, 2 + 2.5 * reps, 1 / 14.9)
    poses = disturb([push_up(movement(t, reps), float(t)) for t in times], 1)
    stored = StoredTrack([p.rounded() for p in poses])
    with JsonSink(path, "a.mp4", rules.name, rules.protocol.name, "pose.onnx") as document:
        (result,) = run(stored, [rules.lane(stored.estimate)], [document])
    return result


@pytest.mark.parametrize("protocol", [None, "ippt-push-up"])
def test_a_replay_gives_the_same_result_to_the_digit(
    tmp_path: Path, capsys: pytest.CaptureFixture, protocol: str | None
) -> None:
    path = tmp_path / "a.json"
    first = write_result(path, protocol)
    assert first.attempt is not None and len(first.attempt.verdicts) >= 4
    stored = StoredTrack(read_document(path).poses)
    (again,) = run(stored, [rules_of("push-up", protocol).lane(stored.estimate)])
    assert again.attempt is not None
    repeated = [verdict_as_dict(v) for v in again.attempt.verdicts]
    assert json.loads(json.dumps(repeated)) == json.loads(path.read_text())["repetitions"]
    assert main(["replay", str(path)]) == 0
    printed = capsys.readouterr().out
    assert f": {first.score}" in printed.splitlines()[-1]


def test_another_exercise_and_another_protocol_may_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "a.json"
    write_result(path, "ippt-push-up")
    assert main(["replay", str(path), "--exercise", "squat"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("squat: 0")
    assert main(["replay", str(path), "--protocol", "china-sit-up"]) == 0
    assert "China one-minute sit-up: 0" in capsys.readouterr().out


@pytest.mark.parametrize("exercise", ["plank", "auto", "hand-release push-up"])
def test_what_count_has_stored_can_be_counted_again(
    exercise: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    clip, stored = tmp_path / "a.mp4", tmp_path / "a.json"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), 25, (64, 48))
    for _ in range(3):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    options = ["--exercise", exercise, "--json", str(stored), "--quiet", "--threads", "1"]
    assert main(["count", str(clip), *options]) == 0
    counted = capsys.readouterr().out.splitlines()[-1]
    assert main(["replay", str(stored)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == counted


def test_the_curve_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs matplotlib")
    path = tmp_path / "a.json"
    write_result(path, None)
    assert main(["replay", str(path), "--plot", str(tmp_path / "a.png")]) == 0
    picture = cv2.imread(str(tmp_path / "a.png"))
    assert picture is not None and (picture < 250).any()
    assert main(["replay", str(path), "--plot", str(tmp_path / "no" / "a.png")]) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        ("{", "is not a result"),
        ('{"keypoints": []}', "it has other keypoints"),
        (HEAD + "}", "it has no 'exercise'"),
        (HEAD + ', "exercise": 3}', "its exercise is 3"),
        (HEAD + ', "exercise": "squat", "protocol": 3}', "its protocol is 3"),
        (HEAD + ', "exercise": "squat"}', "it has no 'frames'"),
    ],
)
def test_what_is_no_result_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture, content: str | None, said: str
) -> None:
    path = tmp_path / "a.json"
    if content is not None:
        path.write_text(content)
    assert main(["replay", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_times_that_do_not_rise_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "a.json"
    write_result(path, None, 1)
    document = json.loads(path.read_text())
    document["frames"][3]["t_s"] = 0.0
    path.write_text(json.dumps(document))
    assert main(["replay", str(path)]) == 2
    assert "do not increase" in capsys.readouterr().err
