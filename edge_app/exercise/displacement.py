"""Whether the body itself moved and came back: what tells a repetition from a gesture or a step.

The counting signal is relative to the body, so waving arms look like push-ups, and the legs of
somebody who walks look like squats. The camera of a station stands still. In a push-up the
shoulders travel by a third of the torso's length in the picture and come back to where they were;
in a gesture they do not travel, in a step they do not come back.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from edge_app.exercise.definition import Travel
from edge_app.exercise.parameters import Point, middle
from edge_app.exercise.rep import Interval
from edge_app.values import Pose

KEPT_S = 20.0  # longest interval that is looked at in full
KEPT_FPS = 25.0  # faster cameras are thinned, so that memory stays bounded
FEWEST = 3  # places that say something
SAME_DISTANCE = (
    0.6  # share of its length that the torso keeps, unless somebody walks up or is swapped
)
BEYOND_S = 0.3  # places so near the interval tell where the body was at its ends


class Displacement:
    """Where the joints that should travel were in the last seconds, in torso lengths.

    Args:
        rules: what must travel, from the exercise file.
    """

    def __init__(self, rules: tuple[Travel, ...]) -> None:
        self._rules = rules
        self._seen: deque[tuple[float, list[Point | None], float]] = deque(
            maxlen=int(KEPT_S * KEPT_FPS)
        )

    def add(self, pose: Pose, torso_px: float) -> None:
        """One pose and the torso's length in it."""
        soon = self._seen and pose.t_s - self._seen[-1][0] < 0.9 / KEPT_FPS
        if not self._rules or soon or math.isnan(torso_px):
            return
        xy, score = pose.xy.tolist(), pose.score.tolist()
        where = [middle(xy, score, rule.joint) for rule in self._rules]
        self._seen.append((pose.t_s, where, torso_px))

    def moved(self, interval: Interval) -> bool:
        """Whether every rule's joint travelled far enough and came back.

        A joint that was hardly seen decides nothing. An incomplete repetition needs half the way.
        """
        first, last = interval.start_s - BEYOND_S, interval.end_s + BEYOND_S
        near = [s for s in self._seen if first <= s[0] <= last]
        return all(
            _obeys(rule, [(s[0], s[1][i], s[2]) for s in near], interval)
            for i, rule in enumerate(self._rules)
        )


def _obeys(
    rule: Travel, places: list[tuple[float, Point | None, float]], interval: Interval
) -> bool:
    seen = [(t_s, *xy, torso_px) for t_s, xy, torso_px in places if xy is not None]
    inside = [s for s in seen if interval.start_s <= s[0] <= interval.end_s]
    if len(inside) < FEWEST:
        return True
    lengths_px = [s[3] for s in inside]
    if min(lengths_px) < SAME_DISTANCE * max(lengths_px):
        return False
    torso_px = np.median(lengths_px)
    t_s, x, y = np.array(seen)[:, :3].T
    # Between two pictures the body went on: a camera with few frames a second sees the same ends.
    moments_s = [interval.start_s, *(s[0] for s in inside), interval.end_s]
    xy = np.stack([np.interp(moments_s, t_s, x), np.interp(moments_s, t_s, y)], 1) / torso_px
    across, up = np.ptp(xy, axis=0).tolist()
    travelled = up if rule.along == "height" else max(across, up)
    off = float(np.hypot(*(xy[-1] - xy[0])))
    least = rule.min if interval.complete else rule.min / 2
    return least <= travelled <= rule.max and off <= rule.back * travelled
