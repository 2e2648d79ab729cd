"""`reps replay`: the same result from the stored track, or one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_app.cli.main import main
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import find_exercise
from edge_app.pipeline.run import count
from edge_app.session.examiner import Examiner
from edge_app.session.protocol import find_protocol, free_practice
from edge_app.sinks.document import JsonResult, verdict_as_dict
from edge_app.skeleton import KEYPOINTS
from edge_app.values import Frame
from tests.exercise.stick_figure import disturb, movement, push_up

HEAD = f'{{"keypoints": {json.dumps(KEYPOINTS)}'


def write_result(path: Path, protocol_name: str | None, reps: int = 4) -> Examiner:
    """Counts a disturbed stick figure and writes its result as `reps count --json` does."""
    protocol = find_protocol(protocol_name) if protocol_name else free_practice("push-up")
    times = np.arange(0, 2 + 2.5 * reps, 1 / 14.9)
    poses = disturb([push_up(movement(t, reps), float(t)) for t in times], 1)
    poses = [p.rounded() for p in poses]
    frames = [Frame(np.empty((0, 0, 3), np.uint8), p.t_s, i) for i, p in enumerate(poses)]
    examiner = Examiner(protocol)
    with path.open("w") as file:
        document = JsonResult(file, "a.mp4", "push-up", protocol.name, "pose.onnx")
        found, _ = count(
            frames,
            lambda f: poses[f.index],
            RepCounter(find_exercise("push-up")),
            [
                examiner,
                lambda s: document.add(s.pose, s.counter.signal.progress, s.counter.parameters),
            ],
        )
        examiner.close(found)
        document.close(examiner.attempt)
    return examiner


@pytest.mark.parametrize("protocol", [None, "ippt-push-up"])
def test_a_replay_gives_the_same_result_to_the_digit(
    tmp_path: Path, capsys: pytest.CaptureFixture, protocol: str | None
) -> None:
    path, again = tmp_path / "a.json", tmp_path / "b.json"
    first = write_result(path, protocol)
    assert first.attempt is not None and len(first.attempt.verdicts) >= 4
    from edge_app.cli.replay import read_result

    document, poses = read_result(path)
    examiner = Examiner(find_protocol(protocol) if protocol else free_practice("push-up"))
    frames = [Frame(np.empty((0, 0, 3), np.uint8), p.t_s, i) for i, p in enumerate(poses)]
    counter = RepCounter(find_exercise("push-up"))
    found, _ = count(frames, lambda f: poses[f.index], counter, [examiner])
    examiner.close(found)
    assert examiner.attempt is not None
    repeated = [verdict_as_dict(v) for v in examiner.attempt.verdicts]
    assert json.loads(json.dumps(repeated)) == document["repetitions"]
    assert main(["replay", str(path)]) == 0
    printed = capsys.readouterr().out
    assert f": {first.score}" in printed.splitlines()[-1]
    assert not again.exists()


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
        (None, "is no result"),
        ("{", "is no result"),
        ('{"keypoints": []}', "its keypoints are others"),
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
    assert "do not rise" in capsys.readouterr().err
