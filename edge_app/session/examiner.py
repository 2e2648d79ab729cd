"""Judges what the counter finds by a protocol, frame by frame."""

from __future__ import annotations

from typing import Sequence

from edge_app.exercise.rep import Rep
from edge_app.pipeline.run import Step
from edge_app.session.attempt import Attempt, Verdict
from edge_app.session.protocol import Protocol


class Examiner:
    """Holds the attempt of one clip, from its first frame on; a subscriber of `count`.

    Attributes:
        attempt: None before the first frame.
        new: what the protocol said of the repetitions of the last frame.
    """

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.attempt: Attempt | None = None
        self.new: list[Verdict] = []
        self._given = 0

    @property
    def score(self) -> int:
        """Counted repetitions so far."""
        return self.attempt.score if self.attempt else 0

    def __call__(self, step: Step) -> None:
        if self.attempt is None:
            self.attempt = Attempt(self.protocol, step.frame.t_s)
        self._judge(step.new)
        self.attempt.tick(step.frame.t_s, step.counter.phase in ("moving", "extreme"))

    def close(self, reps: Sequence[Rep]) -> None:
        """The end of the clip: `reps` are all of it, also those that only its end made final."""
        self._judge(reps[self._given :])

    def _judge(self, reps: Sequence[Rep]) -> None:
        self._given += len(reps)
        verdicts = [self.attempt.add(rep) for rep in reps] if self.attempt else []
        self.new = [verdict for verdict in verdicts if verdict is not None]
