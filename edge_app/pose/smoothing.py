"""The One Euro filter (Casiez, Roussel, Vogel 2012) on keypoints: calm at rest, quick in motion."""

from __future__ import annotations

import numpy as np

from edge_app.values import Pose

LONGEST_GAP_S = 0.5  # a keypoint unseen for longer starts anew
HELD_S = 0.2  # a flickering keypoint is held for this long, then it is missing


class PoseSmoother:
    """Filters each keypoint separately; a missing one is held for a moment, not predicted.

    Speeds are in body sizes, so a distant child is treated like an adult nearby.

    Args:
        cutoff_hz: of a keypoint at rest.
        gain: additional cut-off in Hz per body size/second of speed.
        speed_cutoff_hz: of the speed itself.
        lowest_score: keypoints below count as missing.
    """

    def __init__(
        self,
        cutoff_hz: float = 2.0,
        gain: float = 4.0,
        speed_cutoff_hz: float = 2.0,
        lowest_score: float = 0.1,
    ) -> None:
        self._cutoff_hz = cutoff_hz
        self._gain = gain
        self._speed_cutoff_hz = speed_cutoff_hz
        self._lowest = lowest_score
        self._xy = np.zeros((18, 2))
        self._speed = np.zeros((18, 2))
        self._score = np.zeros(18, np.float32)
        self._seen_s = np.full(18, -np.inf)

    def __call__(self, pose: Pose, body_px: float) -> Pose:
        """Smooths one pose.

        Args:
            pose: of this frame; times must increase.
            body_px: size of the body in pixels, the unit of speed.
        """
        here = pose.score >= self._lowest
        dt = pose.t_s - self._seen_s
        fresh = here & ((dt > LONGEST_GAP_S) | (dt <= 0))
        known = here & ~fresh
        step = np.where(known, dt, 1.0)[:, None]
        raw = pose.xy.astype(np.float64)
        speed = (raw - self._xy) / step
        weight = _weight(self._speed_cutoff_hz, step)
        speed = np.where(known[:, None], self._speed + weight * (speed - self._speed), 0.0)
        pace = np.linalg.norm(speed, axis=1, keepdims=True) / max(body_px, 1.0)
        weight = _weight(self._cutoff_hz + self._gain * pace, step)
        xy = np.where(known[:, None], self._xy + weight * (raw - self._xy), raw)
        self._xy[here], self._speed[here], self._seen_s[here] = xy[here], speed[here], pose.t_s
        self._score[here] = pose.score[here]
        held = pose.t_s - self._seen_s <= HELD_S
        score = np.where(held, self._score, 0).astype(np.float32)
        return Pose(np.where(held[:, None], self._xy, 0).astype(np.float32), score, pose.t_s)


def _weight(cutoff_hz: np.ndarray | float, step_s: np.ndarray) -> np.ndarray:
    """Weight of the new value in a first-order low pass."""
    tau = 1 / (2 * np.pi * np.asarray(cutoff_hz))
    return step_s / (step_s + tau)
