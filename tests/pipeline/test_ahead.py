"""The network works a frame ahead: the poses are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, Sequence

import numpy as np
import pytest

from edge_app.camera.clip import ClipSource
from edge_app.errors import InputError
from edge_app.pipeline.ahead import Ahead
from edge_app.pipeline.build import rules_of, zones
from edge_app.pipeline.run import PoseList, run
from edge_app.pipeline.update import OfLane
from edge_app.pose.estimator import PoseEstimator
from edge_app.runtime.contract import Backend, Maps, Running
from edge_app.runtime.open import open_backend
from edge_app.session.lane import WatchLane
from edge_app.values import Frame

CLIP = Path(__file__).parents[1] / "data" / "sit-up.mp4"


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    with ClipSource(CLIP) as source:
        return [frame for _, frame in zip(range(50), source)]


def in_turn(frames: Sequence[Frame], estimators: Sequence[PoseEstimator]) -> Sequence[Frame]:
    return frames


@pytest.mark.parametrize("mats", [1, 2])
@pytest.mark.parametrize("provider", ["cpu", "openvino"])
def test_the_poses_are_those_of_one_frame_after_the_other(
    provider: str, mats: int, frames: list[Frame]
) -> None:
    try:
        backend = open_backend(provider=provider, threads=1)
    except InputError as exc:
        pytest.skip(str(exc))
    tracks = []
    for way in (in_turn, Ahead):
        estimators = [rules_of("sit-up").estimator(backend, zone) for zone in zones(mats)]
        kept = [PoseList() for _ in estimators]
        sinks = [OfLane(number, track) for number, track in enumerate(kept, 1)]
        run(way(frames, estimators), [WatchLane(e) for e in estimators], sinks)
        tracks.append([pose for track in kept for pose in track.poses])
    alone, beside = tracks
    assert len(alone) == len(beside) == mats * len(frames)
    assert sum(pose.score.any() for pose in alone) >= len(frames)
    for pose, wanted in zip(beside, alone):
        assert pose.t_s == wanted.t_s
        np.testing.assert_array_equal(pose.xy, wanted.xy)
        np.testing.assert_array_equal(pose.score, wanted.score)


class Told(Backend):
    """A network that sees nobody and notes what happens."""

    path, input_hw, provider, why = Path("none.onnx"), (64, 64), "none", ""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def infer(self, blob: np.ndarray) -> Maps:
        return np.zeros((19, 8, 8), np.float32), np.zeros((38, 8, 8), np.float32)

    def start(self, blob: np.ndarray) -> Running:
        self.notes.append("network")
        return super().start(blob)


def test_the_network_works_on_the_next_frame_while_one_is_told() -> None:
    network = Told()

    def source() -> Iterator[Frame]:
        for index in range(3):
            network.notes.append(f"read {index}")
            yield Frame(np.zeros((64, 64, 3), np.uint8), index / 10, index)

    estimator = PoseEstimator(network)
    for frame in Ahead(source(), [estimator]):
        network.notes.append(f"tell {frame.index}")
        estimator(frame)
    assert network.notes == [
        "read 0", "network", "read 1", "network", "tell 0", "read 2", "network", "tell 1", "tell 2",
    ]  # fmt: skip


def test_a_stream_without_frames_starts_nothing() -> None:
    network = Told()
    assert not list(Ahead([], [PoseEstimator(network)])) and not network.notes
