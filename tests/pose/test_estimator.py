"""The estimator's looks at a frame, with a network that sees drawn people."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edge_app.pose.estimator import PoseEstimator
from edge_app.values import Frame
from tests.pose.people import draw, standing


class Drawn:
    """A backend that always sees the same."""

    input_hw = (256, 256)
    path = Path("drawn.onnx")
    provider = "drawn"

    def __init__(self, *people: np.ndarray) -> None:
        self.answer = draw(list(people))
        self.before: list[int] = []  # the estimator's looks at each answer
        self.estimator: PoseEstimator | None = None

    def infer(self, blob: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
