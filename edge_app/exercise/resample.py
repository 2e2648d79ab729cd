"""Resamples poses to 30 per second, whatever the camera's rate.

A filter over the last few samples behaves differently at 10 and at 60 frames per second, and when
frames are dropped. Joints are assumed to move on straight lines between two pictures.
"""

from __future__ import annotations

import numpy as np

from edge_app.values import Pose

RATE_HZ = 30.0
LONGEST_STEP_S = 0.5  # a longer gap is not interpolated


class Resampler:
    """Turns poses, times strictly increasing, into poses at regular times."""

    def __init__(self) -> None:
        self._last: Pose | None = None
        self._start_s = 0.0
        self._given = 0  # regular poses since `_start_s`

    def update(self, pose: Pose) -> list[Pose]:
        """The regular poses up to this one. After a gap, the times start anew with `pose`."""
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
    """The pose at a time between two others; a joint seen in only one is as in the nearer pose."""
    share = (t_s - before.t_s) / (after.t_s - before.t_s)
    nearer = after if share >= 0.5 else before
    both = (before.score > 0) & (after.score > 0)
    xy = np.where(both[:, None], before.xy + share * (after.xy - before.xy), nearer.xy)
    score = np.where(both, before.score + share * (after.score - before.score), nearer.score)
    return Pose(xy.astype(np.float32), score.astype(np.float32), t_s)
