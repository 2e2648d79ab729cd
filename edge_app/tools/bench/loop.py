"""A clip's loop beside the network alone: how much of the network's speed is left to a user."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Sequence

from edge_app.camera.clip import ClipSource
from edge_app.pipeline.ahead import Ahead
from edge_app.pipeline.build import Rules
from edge_app.pipeline.run import run
from edge_app.runtime.contract import Backend


@dataclass(frozen=True)
class Loop:
    """Seconds of the loop of `reps count`, in which the network works a frame ahead.

    Attributes:
        frames: from which person and count were found, with all looks at each.
        wall_s: by the clock.
        network_s: of it, while the network ran.
        beside_s: of it, what ran beside the network: reading, shrinking, smoothing, counting.
    """

    frames: int
    wall_s: float
    network_s: float
    beside_s: float

    @property
    def ratio(self) -> float:
        """The loop's frames a second over those of the network alone."""
        return self.network_s / self.wall_s

    def figures(self) -> dict[str, float]:
        """For the report."""
        return {
            "fps": round(self.frames / self.wall_s, 2),
            "fps_network": round(self.frames / self.network_s, 2),
            "ratio": round(self.ratio, 3),
            "beside_ms": round(1e3 * self.beside_s / self.frames, 3),
        }


def measure_loop(backend: Backend, rules: Rules, clips: Sequence[Path], most_frames: int) -> Loop:
    """Counts the first frames of each clip; a clip's opening is not measured."""
    frames, wall_s, network_s, beside_s = 0, 0.0, 0.0, 0.0
    for clip in clips:
        estimator = rules.estimator(backend)
        with ClipSource(clip) as source:
            taken = Ahead(islice(source, most_frames), [estimator])
            begun_s = perf_counter()
            run(taken, [rules.lane(estimator)])
            wall_s += perf_counter() - begun_s
        frames += estimator.frames
        network_s += estimator.seconds["network"]
        beside_s += taken.beside_s
    return Loop(frames, wall_s, network_s, beside_s)
