"""One person's way through a stream of frames: who is followed, what counts, who judges.

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
    """What `edge_app.pipeline.run` feeds.

    Attributes:
        estimate: the pose of the lane's person in a frame.
        counter: None in a lane that only looks.
        attempt: the one under way or the last; None before the first.
    """

    @property
    def estimate(self) -> Estimate: ...

    @property
    def counter(self) -> Counter | None: ...

    @property
    def attempt(self) -> Attempt | None: ...

    def update(self, pose: Pose) -> list[Event]:
        """One pose, times strictly rising; what happened with it, in order."""

    def finish(self) -> list[Event]:
        """The end of the stream."""


class ClipLane:
    """One person in a clip; the attempt begins with the clip's first frame.

    Args:
        estimate: the pose of the person in a frame.
        counter: is fed every pose.
        protocol: judges what the counter finds.
    """

    def __init__(self, estimate: Estimate, counter: Counter, protocol: TestProtocol) -> None:
        self.estimate, self.counter, self.protocol = estimate, counter, protocol
        self.attempt: Attempt | None = None

    def update(self, pose: Pose) -> list[Event]:
        """One pose, times strictly rising; the verdicts that became final with it."""
        if self.attempt is None:
            self.attempt = Attempt(self.protocol, pose.t_s)
        events = self._judge(self.counter.update(pose))
        self.attempt.tick(pose.t_s, self.counter.phase in UNDER_WAY)
        return events

    def finish(self) -> list[Event]:
        """The end of the clip: the verdicts that only it made final."""
        return self._judge(self.counter.finish())

    def _judge(self, reps: Sequence[Rep]) -> list[Event]:
        attempt = self.attempt
        if attempt is None:
            return []
        verdicts = [attempt.add(rep) for rep in reps]
        return [Judged(v, attempt.strikes) for v in verdicts if v is not None]


class WatchLane:
    """Follows one person and counts nothing: what makes pose tracks."""

    counter = None
    attempt = None

    def __init__(self, estimate: Estimate) -> None:
        self.estimate = estimate

    def update(self, pose: Pose) -> list[Event]:
        """Nothing happens."""
        return []

    def finish(self) -> list[Event]:
        """Nothing is left to say."""
        return []
