"""One person in a stream of frames: pose estimation, counting and judging.

A clip has a `ClipLane` for each person; a kiosk has a `MatLane` (`mat_lane.py`) for each mat.
"""

from __future__ import annotations

from typing import Callable, Protocol, Sequence

from edge_app.exercise.rep import Counter, Rep
from edge_app.session.attempt import Attempt
from edge_app.session.events import Event, Judged
from edge_app.session.protocol import Protocol as TestProtocol
from edge_app.values import Frame, Pose

Estimate = Callable[[Frame], Pose]
UNDER_WAY = ("moving", "extreme")  # phases of a counter in which nobody rests


class Lane(Protocol):
    """The interface that `edge_app.pipeline.run` drives.

    Attributes:
        estimate: the pose of the lane's person in a frame.
        counter: None in a lane without counting.
        attempt: the current or last one; None before the first.
    """

    @property
    def estimate(self) -> Estimate: ...

    @property
    def counter(self) -> Counter | None: ...

    @property
    def attempt(self) -> Attempt | None: ...

    def update(self, pose: Pose) -> list[Event]:
        """Adds one pose, times strictly increasing; returns its events in order."""

    def finish(self) -> list[Event]:
        """Ends the stream."""


class ClipLane:
    """One person in a clip; the attempt begins with the clip's first frame.

    Args:
        estimate: the pose of the person in a frame.
        counter: gets every pose.
        protocol: judges the counter's repetitions.
    """

    def __init__(self, estimate: Estimate, counter: Counter, protocol: TestProtocol) -> None:
        self.estimate, self.counter, self.protocol = estimate, counter, protocol
        self.attempt: Attempt | None = None

    def update(self, pose: Pose) -> list[Event]:
        """Adds one pose, times strictly increasing; returns the verdicts that became final."""
        if self.attempt is None:
            self.attempt = Attempt(self.protocol, pose.t_s)
        events = self._judge(self.counter.update(pose))
        self.attempt.tick(pose.t_s, self.counter.phase in UNDER_WAY)
        return events

    def finish(self) -> list[Event]:
        """Ends the clip; returns the verdicts that became final only now."""
        return self._judge(self.counter.finish())

    def _judge(self, reps: Sequence[Rep]) -> list[Event]:
        attempt = self.attempt
        if attempt is None:
            return []
        verdicts = [attempt.add(rep) for rep in reps]
        return [Judged(v, attempt.strikes) for v in verdicts if v is not None]


class WatchLane:
    """Follows one person without counting, to make pose tracks."""

    counter = None
    attempt = None

    def __init__(self, estimate: Estimate) -> None:
        self.estimate = estimate

    def update(self, pose: Pose) -> list[Event]:
        """Nothing happens."""
        return []

    def finish(self) -> list[Event]:
        """No events at the end."""
        return []
