"""The measuring loop: every contender gets every frame, in turn, in one process."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Callable, Iterator, Sequence

from edge_app.camera.clip import ClipSource
from edge_app.pipeline.run import run
from edge_app.pipeline.update import Result, Update
from edge_app.session.lane import Lane
from edge_app.tools.bench.contenders import Contender, warm_up
from edge_app.values import Frame

WARM_UP = 5
BLOCKS = 10  # blocks of frames whose ratios show the spread


@dataclass
class Samples:
    """Seconds of every frame, by contender and stage; capture is shared.

    `cpu` is the time of all threads of this process: on a busy machine it says more than the clock,
    but spinning threads (ONNX Runtime's, if it has more than one) count too.
    """

    capture: list[float] = field(default_factory=list)
    stages: dict[str, dict[str, list[float]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    dropped: int = 0

    @property
    def frames(self) -> int:
        """The number of measured frames."""
        return len(self.capture)

    def per_frame(self, name: str, drawing: bool) -> list[float]:
        """Seconds from waiting for the frame to its count, for every frame."""
        own = self.stages[name]
        used = [v for k, v in own.items() if drawing or k != "draw"]
        return [c + sum(parts) for c, *parts in zip(self.capture, *used)]


def as_a_camera(
    frames: Iterator[Frame],
    clock: Callable[[], float] = perf_counter,
    pause: Callable[[float], None] = sleep,
) -> Iterator[Frame]:
    """Frames at their capture times; a late consumer gets the newest, others are dropped."""
    began, first, waiting = clock(), None, None
    for frame in frames:
        first = frame.t_s if first is None else first
        due = began + frame.t_s - first
        if waiting is not None and clock() < due:
            yield waiting
            waiting = None
        if clock() < due:
            pause(due - clock())
            yield frame
        else:
            waiting = frame
    if waiting is not None:
        yield waiting


def measure(
    contenders: list[Contender],
    clips: list[Path],
    most_frames: int,
    live: bool,
    tick: Callable[[], object] = lambda: None,
) -> Samples:
    """Runs the clips through every contender, each frame through all of them in turn.

    Args:
        contenders: their order changes with every frame, so that none always follows the same.
        clips: files.
        most_frames: of each clip.
        live: keep the clip's own rate and drop late frames, like a camera.
        tick: called after every frame.
    """
    samples = Samples()
    for clip in clips:
        with ClipSource(clip) as source:
            stream = iter(source)
            first = next(stream)
            lanes = [warm_up(contender, first, WARM_UP) for contender in contenders]
            frames = as_a_camera(stream) if live else stream
            clock = _Clock(contenders, lanes, samples, tick)
            run(clock.timed(frames, most_frames), clock, [clock])
    return samples


class _Clock:
    """Source, lanes and sink of one measured clip: every frame through all lanes in turn."""

    def __init__(
        self,
        contenders: Sequence[Contender],
        lanes: Sequence[Lane],
        samples: Samples,
        tick: Callable[[], object],
    ) -> None:
        self._contenders, self._lanes = contenders, lanes
        self._samples, self._tick = samples, tick
        self._turn = self._last_index = 0
        self._cpu_s = 0.0

    def timed(self, frames: Iterator[Frame], most: int) -> Iterator[Frame]:
        """The frames, with the waiting time of each."""
        last_s = perf_counter()
        for number, frame in enumerate(frames):
            if number == most:
                return
            self._samples.capture.append(perf_counter() - last_s)
            self._samples.dropped += frame.index - self._last_index - 1
            self._last_index, self._turn = frame.index, number % len(self._lanes)
            self._cpu_s = process_time()
            yield frame
            self._tick()
            last_s = perf_counter()

    def __iter__(self) -> Iterator[Lane]:
        """The order changes with every frame, so that none always follows the same."""
        return iter([*self._lanes[self._turn :], *self._lanes[: self._turn]])

    def update(self, update: Update) -> None:
        who = self._contenders[(update.lane - 1 + self._turn) % len(self._contenders)]
        for stage, seconds in who.stages(update).items():
            self._samples.stages[who.name][stage].append(seconds)
        now_s = process_time()
        self._samples.cpu[who.name].append(now_s - self._cpu_s)
        self._cpu_s = now_s

    def finish(self, result: Result) -> None:
        """Nothing to do: every frame is recorded already."""


def ratio(of: list[float], to: list[float]) -> dict[str, float]:
    """Time of `of` divided by that of `to`: in total, and least and most of ten blocks."""
    size = max(1, len(of) // BLOCKS)
    starts = range(0, size * (len(of) // size), size)
    parts = [sum(of[i : i + size]) / sum(to[i : i + size]) for i in starts]
    found = {"ratio": sum(of) / sum(to), "lowest": min(parts), "highest": max(parts)}
    return {k: round(v, 3) for k, v in found.items()}
