"""The loop's output after every frame of every lane, and its receivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping, Protocol

from edge_app.exercise.rep import Signal
from edge_app.session.attempt import Attempt
from edge_app.session.events import Event, Judged
from edge_app.values import Frame, Pose


@dataclass(frozen=True)
class Update:
    """The state of one lane after one frame.

    Attributes:
        lane: its number, from 1.
        signal: the current counting signal; None in a lane without counting.
        parameters: angles and distances of the last resampled pose, NaN if not seen.
        score: counted so far, by the attempt's protocol.
        events: what happened with this frame, in order.
        pose_s, count_s: time of the lane's pose estimation and counting in seconds.
    """

    lane: int
    frame: Frame
    pose: Pose
    signal: Signal | None
    parameters: Mapping[str, float]
    score: int
    events: tuple[Event, ...]
    pose_s: float = 0.0
    count_s: float = 0.0

    @property
    def judged(self) -> tuple[Judged, ...]:
        """The events that are verdicts."""
        return tuple(e for e in self.events if isinstance(e, Judged))


@dataclass(frozen=True)
class Result:
    """The result of one lane at the end of the stream.

    Attributes:
        attempt: None if there was no frame, or in a lane without counting.
        last: events caused by the end.
        frames: number of frames.
        seen: number of frames with a person.
    """

    lane: int
    attempt: Attempt | None
    last: tuple[Event, ...]
    frames: int
    seen: int

    @property
    def score(self) -> int:
        """The score, by the attempt's protocol."""
        return self.attempt.score if self.attempt else 0


class Sink(Protocol):
    """A receiver of `edge_app.pipeline.run`'s output."""

    def update(self, update: Update) -> None:
        """Called for one lane after one frame."""

    def finish(self, result: Result) -> None:
        """Called for one lane after the stream."""


class OfLane:
    """Passes on the updates of one lane."""

    def __init__(self, lane: int, sink: Sink) -> None:
        self._lane, self._sink = lane, sink

    def update(self, update: Update) -> None:
        if update.lane == self._lane:
            self._sink.update(update)

    def finish(self, result: Result) -> None:
        if result.lane == self._lane:
            self._sink.finish(result)


class EachUpdate:
    """A function as a sink; it is not called at the end."""

    def __init__(self, told: Callable[[Update], object]) -> None:
        self._told = told

    def update(self, update: Update) -> None:
        self._told(update)

    def finish(self, result: Result) -> None:
        """Nothing to do."""
