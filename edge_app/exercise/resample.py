"""Poses at even times: whatever the camera's rate, the counter sees 30 a second.

A filter that works on the last few samples means something else at 10 and at 60 frames a second,
and something else again where frames are dropped. Between two pictures the joints are taken to
move on straight lines.
"""

from __future__ import annotations

import numpy as np

from edge_app.values import Pose

RATE_HZ = 30.0
LONGEST_STEP_S = 0.5  # nothing is known of what happened in a longer gap


class Resampler:
    """Feed it every pose, times strictly rising; it gives those at even times since the last."""

    def __init__(self) -> None:
        self._last: Pose | None = None
        self._start_s = 0.0
        self._given = 0  # poses at even times since `_start_s`

    def update(self, pose: Pose) -> list[Pose]:
        """The even poses up to this one. After a gap the counting of time starts with `pose`."""
        last, self._last = self._last, pose
        if last is None or pose.t_s - last.t_s > LONGEST_STEP_S:
            self._start_s, self._given = pose.t_s, 1
            return [pose]
        poses = []
        while (t_s := self._start_s + self._given / RATE_HZ) <= pose.t_s:
            poses.append(_between(last, pose, t_s))
            self._given += 1
        return poses


def _between(before: Pose, after: Pose, t_s: float) -> Pose:
    """The pose at a time between two others; a joint seen in one of them is as in the nearer."""
    share = (t_s - before.t_s) / (after.t_s - before.t_s)
    nearer = after if share >= 0.5 else before
    both = (before.score > 0) & (after.score > 0)
    xy = np.where(both[:, None], before.xy + share * (after.xy - before.xy), nearer.xy)
    score = np.where(both, before.score + share * (after.score - before.score), nearer.score)
    return Pose(xy.astype(np.float32), score.astype(np.float32), t_s)
