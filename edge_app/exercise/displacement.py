"""Checks that the body itself moved and came back, which distinguishes a repetition from a gesture
or a step.

The counting signal is relative to the body, so waving arms look like push-ups, and walking legs
like squats. The camera at a mat does not move. In a push-up, the shoulders move by a third of the
torso's length in the picture and come back; in a gesture they stay still, in a step they do not
come back.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from edge_app.exercise.definition import DisplacementRule, Exercise
from edge_app.exercise.geometry import Point, middle
from edge_app.exercise.rep import Interval
from edge_app.values import Pose

KEPT_S = 20.0  # longest interval that is checked in full
KEPT_FPS = 25.0  # faster cameras are thinned, so that memory stays bounded
FEWEST = 3  # fewest positions for a decision
SAME_DISTANCE = (
    0.6  # share of its length that the torso keeps, unless the person approaches or is swapped
)
BEYOND_S = 0.3  # positions this close to the interval show where the body was at its ends
JOINED_S = 0.3  # largest gap between pieces of one repetition
LATE_S = 0.3  # how long after the apparent end of a repetition the body may come back


class Positions(NamedTuple):
    """The positions of the rules' joints at one moment."""

    t_s: float
    joints: list[Point | None]  # pixels, None if not seen
    torso_px: float


class Displacement:
    """Tracks how the joints of an exercise's rules moved in the last seconds.

    Args:
        rules: from the exercise file.
    """

    def __init__(self, rules: tuple[DisplacementRule, ...]) -> None:
        self._rules = rules
        self._seen: deque[Positions] = deque(maxlen=int(KEPT_S * KEPT_FPS))

    def add(self, pose: Pose, torso_px: float) -> None:
        """One pose and the torso's length in it."""
        soon = self._seen and pose.t_s - self._seen[-1].t_s < 0.9 / KEPT_FPS
        if not self._rules or soon or math.isnan(torso_px):
            return
        xy, score = pose.xy.tolist(), pose.score.tolist()
        joints = [middle(xy, score, rule.joint) for rule in self._rules]
        self._seen.append(Positions(pose.t_s, joints, torso_px))

    def moved(self, interval: Interval) -> bool:
        """Whether the joint of every rule moved far enough in the interval and came back.

        A joint that was hardly seen is ignored. An incomplete repetition needs half of `min`.
        """
        first, last = interval.start_s - BEYOND_S, interval.end_s + BEYOND_S
        near = [p for p in self._seen if first <= p.t_s <= last]
        return all(
            _obeys(rule, [(p.t_s, p.joints[i], p.torso_px) for p in near], interval)
            for i, rule in enumerate(self._rules)
        )


class RoundTrip(NamedTuple):
    """The result of `RoundTripFinder` for an interval.

    Attributes:
        interval: in which the body moved and came back; None if it did not.
        joined: the previous interval is part of it.
    """

    interval: Interval | None
    joined: bool = False


class RoundTripFinder:
    """Finds, for each interval, the time span in which the body moved and came back.

    Args:
        exercise: with its displacement rules and limits.
    """

    def __init__(self, exercise: Exercise) -> None:
        self._displacement = Displacement(exercise.displacement)
        self._max_phase_s = exercise.limits.max_phase_s
        self._piece: Interval | None = None  # moved, but did not come back
        self._t_s = math.nan

    def add(self, pose: Pose, torso_px: float) -> None:
        """One pose and the torso's length in it."""
        self._t_s = pose.t_s
        self._displacement.add(pose, torso_px)

    def find(self, interval: Interval) -> RoundTrip:
        """This interval, possibly with another end or joined with the previous one.

        Noise at the extreme may split a repetition into two; neither part comes back by itself.
        """
        piece, self._piece = self._piece, None
        # Some people settle elsewhere once back: then it ends where they were first near rest.
        # If only noise looked like rest, the body comes back a moment later.
        late_s = min(interval.end_s + LATE_S, self._t_s)
        for end_s in (interval.end_s, min(interval.near_s, interval.end_s), late_s):
            extreme_s = min(max(interval.extreme_s, interval.start_s), end_s)
            ended = replace(interval, extreme_s=extreme_s, end_s=end_s)
            if self._displacement.moved(ended):
                return RoundTrip(ended)
        self._piece = interval
        if piece is None or interval.start_s - piece.end_s > JOINED_S:
            return RoundTrip(None)
        higher = max(piece, interval, key=lambda i: i.peak)
        complete = piece.complete or interval.complete
        joined = replace(higher, start_s=piece.start_s, end_s=interval.end_s, complete=complete)
        if joined.duration_s > self._max_phase_s or not self._displacement.moved(joined):
            return RoundTrip(None)
        self._piece = None
        return RoundTrip(joined, joined=True)


def _obeys(
    rule: DisplacementRule, positions: list[tuple[float, Point | None, float]], interval: Interval
) -> bool:
    seen = [(t_s, *xy, torso_px) for t_s, xy, torso_px in positions if xy is not None]
    inside = [s for s in seen if interval.start_s <= s[0] <= interval.end_s]
    if len(inside) < FEWEST:
        return True
    lengths_px = [s[3] for s in inside]
    if min(lengths_px) < SAME_DISTANCE * max(lengths_px):
        return False
    torso_px = np.median(lengths_px)
    t_s, x, y = np.array(seen)[:, :3].T
    # The body moves on between two pictures: this gives the same ends at low frame rates.
    moments_s = [interval.start_s, *(s[0] for s in inside), interval.end_s]
    xy = np.stack([np.interp(moments_s, t_s, x), np.interp(moments_s, t_s, y)], 1) / torso_px
    width, height = np.ptp(xy, axis=0).tolist()
    extent = height if rule.along == "height" else max(width, height)
    off = float(np.hypot(*(xy[-1] - xy[0])))
    least = rule.min if interval.complete else rule.min / 2
    return bool(least <= extent <= rule.max and off <= rule.back * extent)
