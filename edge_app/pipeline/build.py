"""From what somebody asks for to what runs: everything is looked up once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Sequence

import numpy as np

from edge_app.errors import InputError
from edge_app.exercise.auto import AutoCounter
from edge_app.exercise.build import auto_counter, counter_for, is_known, open_exercise
from edge_app.exercise.definition import Exercise
from edge_app.exercise.posture_fit import PostureFit
from edge_app.exercise.rep import Counter
from edge_app.pose.estimator import PoseEstimator
from edge_app.pose.tracker import Zone, anybody
from edge_app.runtime.contract import Backend
from edge_app.session.lane import ClipLane, Estimate
from edge_app.session.protocol import FREE_PRACTICE, Protocol, free_practice, open_protocol
from edge_app.values import Frame, Pose

NO_PICTURE = np.empty((0, 0, 3), np.uint8)


@dataclass(frozen=True)
class Rules:
    """What is counted, and by which test.

    Attributes:
        name: under which the exercise is stored, and by which it is counted again.
        exercise: None for "auto" and "new".
        protocol: the test, or free practice.
    """

    name: str
    exercise: Exercise | None
    protocol: Protocol

    def counter(self) -> Counter:
        """A fresh one."""
        if self.exercise is not None:
            return counter_for(self.exercise)
        return auto_counter(self.name)

    def estimator(self, backend: Backend, zone: Zone | None = None) -> PoseEstimator:
        """Tracks the person whose posture fits the exercise best, in a part of the picture."""
        fit = anybody if self.exercise is None else PostureFit(self.exercise)
        return PoseEstimator(backend, zone, fit)

    def lane(self, estimate: Estimate) -> ClipLane:
        """A lane for a clip with a fresh counter."""
        return ClipLane(estimate, self.counter(), self.protocol)

    def title(self, counter: Counter | None = None) -> str:
        """What stands before a count; for "auto" with what was recognised, once that is known."""
        if self.protocol.name != FREE_PRACTICE:
            return self.protocol.name
        if self.exercise is not None:
            return f"{self.name}, seconds" if self.exercise.hold else self.name
        found = counter.exercise if isinstance(counter, AutoCounter) else None
        return (
            self.name if found is None or found.name == self.name else f"{self.name}, {found.name}"
        )


def rules_of(exercise: str | Exercise | None, protocol: str | None = None) -> Rules:
    """The rules that names, files or values ask for.

    Args:
        exercise: a name, the path of a .toml, an exercise, "auto" or "new"; None takes the
            protocol's.
        protocol: a name or the path of a .toml; None is free practice.

    Raises:
        InputError: neither is given, an unknown name, a broken file, or two different exercises.
    """
    test = open_protocol(protocol) if protocol else None
    if exercise is None:
        if test is None:
            raise InputError("say what to count: --exercise or --protocol")
        exercise = test.exercise
    found = _exercise(exercise)
    name = found.name if found else str(exercise)
    if test and (found is None or found != open_exercise(test.exercise)):
        raise InputError(f"{test.name} is a test of {test.exercise}, not of {name}")
    return Rules(name, found, test or free_practice(name))


def _exercise(given: str | Exercise) -> Exercise | None:
    if isinstance(given, Exercise):
        return given
    return open_exercise(given) if is_known(given) else None


def zones(mats: int) -> list[Zone]:
    """The parts of the picture that belong to mats side by side, from the left."""
    return [Zone(left=n / mats, right=(n + 1) / mats) for n in range(mats)]


class StoredTrack:
    """A source of frames without pictures, whose poses are known already.

    Args:
        poses: in order of time.
    """

    def __init__(self, poses: Sequence[Pose]) -> None:
        self._poses = poses

    def __iter__(self) -> Iterator[Frame]:
        for index, pose in enumerate(self._poses):
            yield Frame(NO_PICTURE, pose.t_s, index)

    def estimate(self, frame: Frame) -> Pose:
        """The stored pose of a frame of this track."""
        return self._poses[frame.index]
