"""What the loop says after every frame of every lane, and who listens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping, Protocol

from edge_app.exercise.rep import Signal
from edge_app.session.attempt import Attempt
from edge_app.session.events import Event, Judged
from edge_app.values import Frame, Pose


@dataclass(frozen=True)
class Update:
    """All there is to know of one lane after one frame.

    Attributes:
        lane: its number, from 1.
        signal: the counting signal now; None in a lane that counts nothing.
        parameters: angles and distances of the last resampled pose, NaN where not seen.
        score: counted so far, by the attempt's protocol.
        events: what happened with this frame, in order.
        pose_s, count_s: seconds that the lane's pose and its counting took.
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
    """What became of one lane when the stream had ended.

    Attributes:
        attempt: None if there was no frame, or the lane counts nothing.
        last: events that only the end brought about.
        frames: how many the lane was given.
        seen: with how many of them somebody was seen.
    """

    lane: int
    attempt: Attempt | None
    last: tuple[Event, ...]
    frames: int
    seen: int

    @property
    def score(self) -> int:
        """Counted, by the attempt's protocol."""
        return self.attempt.score if self.attempt else 0


class Sink(Protocol):
    """Who listens to `edge_app.pipeline.run`."""

    def update(self, update: Update) -> None:
        """One lane after one frame."""

    def finish(self, result: Result) -> None:
        """One lane after the stream."""


class OfLane:
    """Hands on what is said of one lane."""

    def __init__(self, lane: int, sink: Sink) -> None:
        self._lane, self._sink = lane, sink

    def update(self, update: Update) -> None:
        if update.lane == self._lane:
            self._sink.update(update)

    def finish(self, result: Result) -> None:
        if result.lane == self._lane:
            self._sink.finish(result)


class EachUpdate:
    """A function as a sink; what the end brings is not told to it."""

    def __init__(self, told: Callable[[Update], object]) -> None:
        self._told = told

    def update(self, update: Update) -> None:
        self._told(update)

    def finish(self, result: Result) -> None:
        """Nothing is left to do."""
