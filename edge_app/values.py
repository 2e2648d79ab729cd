"""The plain values that pass between the rooms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

STORED_DIGITS = 3  # decimals of a keypoint's pixel coordinates and score, in results on disk


@dataclass(frozen=True)
class Frame:
    """One picture and when it was taken."""

    image: np.ndarray  # (height, width, 3) uint8, BGR as OpenCV gives it
    t_s: float  # capture time, set by the camera; nothing downstream reads a clock
    index: int  # running number at the source; a gap means frames were dropped


@dataclass(frozen=True)
class Pose:
    """One person's keypoints in one frame, in OpenPose order (`edge_app.skeleton`)."""

    xy: np.ndarray  # (18, 2) float32, image pixels, the centre of the first pixel is (0, 0)
    score: np.ndarray  # (18,) float32 in [0, 1]; 0 where the keypoint was not found
    t_s: float

    def rounded(self) -> Pose:
        """The pose rounded as in stored results, so that a replay gives the same verdicts."""
        xy, score = (
            v.astype(np.float64).round(STORED_DIGITS).astype(np.float32)
            for v in (self.xy, self.score)
        )
        return Pose(xy, score, self.t_s)

    @staticmethod
    def nobody(t_s: float) -> Pose:
        """The pose of an empty frame: every score is 0."""
        return Pose(np.zeros((18, 2), np.float32), np.zeros(18, np.float32), t_s)


def finite(value: float | None, digits: int = 3) -> float | None:
    """A rounded number for JSON: NaN, infinity and None become null."""
    return round(float(value), digits) if value is not None and math.isfinite(value) else None
