"""`reps evaluate`: errors and frame thinning."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Callable

import numpy as np
import pytest

from edge_app.camera.clip import thin
from edge_app.cli import evaluate
from edge_app.cli.main import main
from edge_app.pipeline import build
from edge_app.values import Frame, Pose


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--only", "juggling"], "no clip of 'juggling'"),
        (["--tracks", "{folder}"], "two clips have the same name"),
    ],
)
def test_options_without_sense_are_one_sentence(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "m.csv"
    path.write_text("file,exercise,count\na/x.mp4,squat,3\nb/x.mp4,squat,3\n")
    assert main(["evaluate", str(path), *(o.format(folder=tmp_path) for o in options)]) == 2
    assert said in capsys.readouterr().err


class Known:
    """An estimator without a network."""

    def __init__(self, estimate: Callable[[Frame], Pose]) -> None:
        self._estimate = estimate

    def prepare(self, frame: Frame) -> None:
        """Nothing to shrink."""

    def start(self, frame: Frame) -> None:
        """Nothing to run."""

    def finish(self) -> None:
        """Nothing to wait for."""

    def __call__(self, frame: Frame) -> Pose:
        return self._estimate(frame)


def test_the_first_run_counts_the_track_that_later_runs_read(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    random = np.random.default_rng(0)

    def estimate(frame: Frame) -> Pose:
        xy = random.uniform(0, 200, (18, 2)).astype(np.float32)
        return Pose(xy, random.uniform(0.5, 1, 18).astype(np.float32), frame.t_s)

    counted: list[list[Pose]] = []
    network = SimpleNamespace(path=data / "squat.mp4", provider="none")
    monkeypatch.setattr(evaluate, "open_network", lambda args: network)
    monkeypatch.setattr(build, "PoseEstimator", lambda backend, zone, fit: Known(estimate))
    real = evaluate.outcome_of
    monkeypatch.setattr(
        evaluate, "outcome_of", lambda c, e, poses: counted.append(poses) or real(c, e, poses)
    )
    (tmp_path / "m.csv").write_text(f"file,exercise,count\n{data / 'squat.mp4'},squat,5\n")
    for _ in range(2):
        tracks = ["--tracks", str(tmp_path / "tracks"), "--max-fps", "1"]
        assert main(["evaluate", str(tmp_path / "m.csv"), *tracks]) == 0
    first, second = counted
    assert len(first) == len(second) > 5
    for a, b in zip(first, second):
        np.testing.assert_array_equal(a.xy, b.xy)
        np.testing.assert_array_equal(a.score, b.score)
    capsys.readouterr()


def test_tracks_of_another_making_are_not_taken_for_ones_own(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    network = SimpleNamespace(path=data / "squat.mp4", provider="cpu")
    monkeypatch.setattr(evaluate, "open_network", lambda args: network)
    nobody = Known(lambda frame: Pose.nobody(frame.t_s))
    monkeypatch.setattr(build, "PoseEstimator", lambda backend, zone, fit: nobody)
    (tmp_path / "m.csv").write_text(f"file,exercise,count\n{data / 'squat.mp4'},squat,0\n")
    command = ["evaluate", str(tmp_path / "m.csv"), "--tracks", str(tmp_path / "tracks")]
    assert main([*command, "--max-fps", "1"]) == 0
    assert main([*command, "--max-fps", "2"]) == 2
    assert "have another max_fps" in capsys.readouterr().err
    network.provider = "openvino"
    assert main([*command, "--max-fps", "1"]) == 2
    assert "have another provider" in capsys.readouterr().err
    (tmp_path / "tracks" / "made_by.json").write_text("{")
    assert main([*command, "--max-fps", "1"]) == 2
    assert "is damaged" in capsys.readouterr().err


@pytest.mark.parametrize(("fps", "kept_fps"), [(30, 15), (60, 15), (25, 12.5), (10, 10)])
def test_thinning_keeps_times_and_an_even_rate(fps: int, kept_fps: float) -> None:
    image = np.zeros((2, 2, 3), np.uint8)
    frames = (Frame(image, i / fps, i) for i in range(4 * fps))
    times = [f.t_s for f in thin(frames, 15.0)]
    assert len(times) / 4 <= 15.5
    assert len(times) / 4 == pytest.approx(kept_fps, rel=0.25)
    assert times[0] == 0 and (np.diff(times) > 0).all()
