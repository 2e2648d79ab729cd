"""Builds rules, estimators and lanes from names and files: everything is read once."""

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
    """The exercise and the test to count by.

    Attributes:
        name: under which the exercise is stored, for a later replay.
        exercise: None for "auto" and "new".
        protocol: the test, or free practice.
    """

    name: str
    exercise: Exercise | None
    protocol: Protocol

    def counter(self) -> Counter:
        """A new counter."""
        if self.exercise is not None:
            return counter_for(self.exercise)
        return auto_counter(self.name)

    def estimator(self, backend: Backend, zone: Zone | None = None) -> PoseEstimator:
        """An estimator for the person whose posture fits the exercise best, in a zone."""
        fit = anybody if self.exercise is None else PostureFit(self.exercise)
        return PoseEstimator(backend, zone, fit)

    def lane(self, estimate: Estimate) -> ClipLane:
        """A lane for a clip, with a new counter."""
        return ClipLane(estimate, self.counter(), self.protocol)

    def title(self, counter: Counter | None = None) -> str:
        """The title of a count; for "auto" with what was recognised, set by set."""
        if self.protocol.name != FREE_PRACTICE:
            return self.protocol.name
        if self.exercise is not None:
            return f"{self.name}, seconds" if self.exercise.hold else self.name
        sets = sets_of(counter)
        if len(sets) > 1:
            return ", ".join([self.name, *(f"{name} {count}" for name, count in sets)])
        found = sets[0][0] if sets else self.name
        return self.name if found == self.name else f"{self.name}, {found}"


def rules_of(exercise: str | Exercise | None, protocol: str | None = None) -> Rules:
    """The rules for names, files or values.

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
            raise InputError("nothing to count: give --exercise or --protocol")
        exercise = test.exercise
    found = _exercise(exercise)
    name = found.name if found else str(exercise)
    if test and (found is None or found != open_exercise(test.exercise)):
        raise InputError(f"{test.name} is a test of {test.exercise}, not of {name}")
    return Rules(name, found, test or free_practice(name))


def sets_of(counter: Counter | None) -> list[tuple[str, int]]:
    """Name and count of each set that "auto" or "new" found; empty for a known exercise."""
    found = counter.sets if isinstance(counter, AutoCounter) else []
    return [(one.exercise.name, one.count) for one in found]


def _exercise(given: str | Exercise) -> Exercise | None:
    if isinstance(given, Exercise):
        return given
    return open_exercise(given) if is_known(given) else None


def zones(mats: int) -> list[Zone]:
    """The zones of mats side by side, from the left."""
    return [Zone(left=n / mats, right=(n + 1) / mats) for n in range(mats)]


class StoredTrack:
    """A source of frames without pictures, from known poses.

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
