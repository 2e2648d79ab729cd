"""What is measured frame by frame: this program's stages, and MediaPipe where it is installed."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from edge_app.errors import InputError
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import run
from edge_app.pipeline.update import EachUpdate
from edge_app.runtime.open import open_backend
from edge_app.tools.bench.contenders import (
    STAGES,
    MediaPipeWay,
    OurWay,
    find_published,
    percentiles_ms,
    warm_up,
)
from edge_app.values import Frame

FRAMES = [Frame(np.full((96, 128, 3), 90, np.uint8), i / 25, i) for i in range(3)]


@pytest.fixture(scope="module")
def ours() -> OurWay:
    return OurWay("ours", open_backend(threads=1), rules_of("squat"), draw=True)


def test_a_frames_stages_are_all_there_and_of_this_frame(ours: OurWay) -> None:
    told: list[dict[str, float]] = []
    run(FRAMES, [ours.start_clip()], [EachUpdate(lambda update: told.append(ours.stages(update)))])
    assert [set(stages) for stages in told] == [set(STAGES) - {"capture"}] * 3
    assert all(seconds >= 0 for stages in told for seconds in stages.values())
    assert sum(stages["network"] for stages in told) == pytest.approx(
        ours._estimator.seconds["network"]
    )
    assert ours.seen == 0, "a grey wall is nobody"
    assert ours.about["input"] == "192x192" and ours.about["model"] == "pose-fast.onnx"


def test_who_counts_only_has_no_time_for_drawing(ours: OurWay) -> None:
    plain = OurWay("plain", ours._backend, rules_of("squat"), draw=False)
    told: list[dict[str, float]] = []
    run(FRAMES, [plain.start_clip()], [EachUpdate(lambda u: told.append(plain.stages(u)))])
    assert "draw" not in told[0]


class Pose:
    """Stands for MediaPipe's: sees somebody in every other picture."""

    made: list[Pose]

    def __init__(self, model_complexity: int) -> None:
        self.pictures, self.closed = 0, False
        assert model_complexity == 1
        Pose.made.append(self)

    def process(self, rgb: np.ndarray) -> SimpleNamespace:
        assert rgb[0, 0].tolist() == [30, 20, 10], "it takes RGB"
        self.pictures += 1
        return SimpleNamespace(pose_landmarks=object() if self.pictures % 2 else None)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def mediapipe(monkeypatch: pytest.MonkeyPatch) -> None:
    Pose.made = []
    module = ModuleType("mediapipe")
    vars(module).update(
        __version__="0.10.14", solutions=SimpleNamespace(pose=SimpleNamespace(Pose=Pose))
    )
    monkeypatch.setitem(sys.modules, "mediapipe", module)


@pytest.mark.usefixtures("mediapipe")
def test_mediapipe_begins_each_clip_anew_and_its_warm_up_is_not_counted() -> None:
    way = MediaPipeWay()
    picture = np.full((4, 4, 3), (10, 20, 30), np.uint8)
    lane = warm_up(way, Frame(picture, 0.0, 0), 5)
    assert way.seen == 0
    told: list[dict[str, float]] = []
    frames = [Frame(picture, i / 25, i) for i in range(4)]
    run(frames, [lane], [EachUpdate(lambda update: told.append(way.stages(update)))])
    assert way.seen == 2 and len(told) == 4
    assert all(set(t) == {"preprocess", "network"} and t["network"] >= 0 for t in told)
    assert [p.closed for p in Pose.made] == [True, True, False]
    assert [p.pictures for p in Pose.made] == [0, 5, 4]


def test_mediapipe_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(InputError, match=r"needs the package mediapipe 0\.10\.14"):
        MediaPipeWay()


def test_the_published_network_is_the_given_file_or_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert find_published(Path("own.onnx")) == Path("own.onnx")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"python -m models\.published"):
        find_published(None)


def test_a_published_network_that_cannot_be_made_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = SimpleNamespace(returncode=1, stderr="OSError: no network\n")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr("subprocess.run", lambda *_, **__: failed)
    with pytest.raises(InputError, match="cannot make the published network: OSError: no network"):
        find_published(None)


def test_percentiles() -> None:
    said = percentiles_ms([n / 1000 for n in range(1, 102)])
    assert said == {"p50": 51.0, "p95": 96.0, "p99": 100.0, "mean": 51.0}
