"""The estimator's looks at a frame, with a network that sees drawn people."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edge_app.pose.estimator import PoseEstimator
from edge_app.runtime.contract import Backend, Maps
from edge_app.values import Frame
from tests.pose.people import draw, standing


class Drawn(Backend):
    """A backend that always sees the same."""

    input_hw = (256, 256)
    path = Path("drawn.onnx")
    provider = "drawn"

    def __init__(self, *people: np.ndarray) -> None:
        self.answer = draw(list(people))
        self.before: list[int] = []  # the estimator's looks at each answer
        self.estimator: PoseEstimator | None = None

    def infer(self, blob: np.ndarray) -> Maps:
        assert self.estimator is not None
        self.before.append(self.estimator.looks)
        return self.answer

    def close(self) -> None:
        """Nothing is held."""


def test_every_look_is_told_while_its_frame_goes_on() -> None:
    """A watchdog sees that a frame of several looks is no hang."""
    backend = Drawn(standing(128, 128))
    backend.estimator = PoseEstimator(backend)
    backend.estimator(Frame(np.zeros((256, 256, 3), np.uint8), 0.0, 0))
    looks = backend.estimator.looks
    assert looks >= 2, "who is found is looked at closely in the same frame"
    assert backend.before == list(range(looks)) and backend.estimator.frames == 1


def test_a_frame_in_steps_is_the_frame_at_once() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (512, 512, 3)).astype(np.uint8)
    frames = [Frame(noise, n / 10, n) for n in range(6)]
    estimators = []
    for _ in range(2):
        backend = Drawn(standing(128, 128))
        backend.estimator = PoseEstimator(backend)
        estimators.append(backend.estimator)
    at_once, in_steps = estimators
    wanted = [(at_once(frame), at_once.closely) for frame in frames]
    got = []
    in_steps.start(frames[0])
    for frame, following in zip(frames, [*frames[1:], None]):
        in_steps.finish()
        if following is not None:
            in_steps.prepare(following)
            in_steps.start(following)
        got.append((in_steps(frame), in_steps.closely))
    for (pose, closely), (other, other_closely) in zip(got, wanted):
        np.testing.assert_array_equal(pose.xy, other.xy)
        np.testing.assert_array_equal(pose.score, other.score)
        assert closely == other_closely and pose.t_s == other.t_s
    assert at_once.looks > len(frames), "the first frame takes more looks"
    assert (in_steps.looks, in_steps.frames) == (at_once.looks, at_once.frames)
