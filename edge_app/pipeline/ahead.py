"""Lets the network work on a clip's next frame while the last one is counted, shown and stored.

    network      │ frame 1      │ │ frame 2            │ │ frame 3
    caller       │ shrink 2 wait│d│ count 1, shrink 3… │d│ count 2, shrink 4…

Only d, decoding frame 1 and aiming at frame 2, stands between two runs: the look at a frame needs
the pose in the one before. With several people, one's decoding runs beside another's network.
No pose changes. It is for clips: a camera's frame would wait for the next one to arrive.
"""

from __future__ import annotations

from time import perf_counter
from typing import Iterable, Iterator, Sequence

from edge_app.pose.estimator import PoseEstimator
from edge_app.values import Frame


class Ahead:
    """The frames of a clip, each with its looks taken and the network at work on the next one.

    Args:
        source: frames in order of time.
        estimators: of all lanes; each must be called with each frame before the next.

    Attributes:
        beside_s: time spent so far beside the network: in the source, in shrinking the coming
            frame, and in whatever the caller does with a frame.
    """

    def __init__(self, source: Iterable[Frame], estimators: Sequence[PoseEstimator]) -> None:
        self._source, self._estimators = source, estimators
        self.beside_s = 0.0

    def __iter__(self) -> Iterator[Frame]:
        last: Frame | None = None
        started_s = 0.0
        for frame in self._source:
            if last is not None:
                for estimator in self._estimators:
                    estimator.prepare(frame)
                self.beside_s += perf_counter() - started_s
            for estimator in self._estimators:
                if last is not None:
                    estimator.finish()
                estimator.start(frame)
            started_s = perf_counter()
            if last is not None:
                yield last
            last = frame
        if last is not None:
            yield last
