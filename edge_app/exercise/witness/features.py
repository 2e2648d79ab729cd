"""What the second witness sees of a pose: centred on the hips, in units of the body, with speeds.

Causal, and the same code for one person on the device and for a batch in training.
"""

from __future__ import annotations

import numpy as np

from edge_app.skeleton import INDEX, KEYPOINTS

RATE_HZ = 15.0
BACK = 2  # samples over which speeds are taken
# How fast the body's size follows a longer and a shorter reading: within 0.5 and 4 s.
UP, DOWN = (float(1 - np.exp(-1 / (RATE_HZ * s))) for s in (0.5, 4.0))
FARTHEST = 4.0  # body sizes from the hips; beyond is nonsense
FASTEST = 6.0  # body sizes a second

# Bones with their usual length in trunk lengths (neck to hips); at an angle they look shorter.
_BONES = [
    ("neck", "right_hip", 1.02), ("neck", "left_hip", 1.02),
    ("right_hip", "right_knee", 0.85), ("left_hip", "left_knee", 0.85),
    ("right_knee", "right_ankle", 0.82), ("left_knee", "left_ankle", 0.82),
    ("right_shoulder", "right_elbow", 0.58), ("left_shoulder", "left_elbow", 0.58),
    ("right_elbow", "right_wrist", 0.5), ("left_elbow", "left_wrist", 0.5),
    ("right_shoulder", "left_shoulder", 0.72),
]  # fmt: skip
_FROM, _TO = (np.array([INDEX[str(bone[end])] for bone in _BONES]) for end in (0, 1))
_USUAL = np.array([bone[2] for bone in _BONES], np.float32)
# Elbows, shoulders, hips and knees of both sides: (8, 3) joints, the vertex in the middle.
_ANGLES = np.array([
    [INDEX[f"{side}_{joint}"] for joint in chain]
    for side in ("right", "left")
    for chain in (
        ("shoulder", "elbow", "wrist"), ("elbow", "shoulder", "hip"), ("shoulder", "hip", "knee"),
        ("hip", "knee", "ankle"),
    )
])  # fmt: skip
_HIPS = np.array([INDEX["right_hip"], INDEX["left_hip"]])
_NECK = INDEX["neck"]
POINTS = len(KEYPOINTS)
COUNT = 2 * POINTS + POINTS + 2 * POINTS + 2 + 2 + len(_ANGLES)


class FeatureReader:
    """Turns poses at `RATE_HZ` into vectors.

    Args:
        batch: how many people are read side by side.
    """

    def __init__(self, batch: int = 1) -> None:
        self._size = np.zeros((batch, 1), np.float32)
        self._centre = np.zeros((batch, 2), np.float32)
        self._before: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def update(self, xy: np.ndarray, score: np.ndarray) -> np.ndarray:
        """The next sample of each person.

        Args:
            xy: (batch, 18, 2) pixels. score: (batch, 18), 0 where a joint was not found.

        Returns:
            (batch, COUNT) float32, every value within a few units of 0.
        """
        found = score > 0
        self._measure(xy, found)
        hips = found.take(_HIPS, 1)
        seen = hips.sum(1)[:, None]
        middle = (xy.take(_HIPS, 1) * hips[..., None]).sum(1) / np.maximum(seen, 1)
        self._centre = np.where(seen > 0, middle, self._centre).astype(np.float32)
        size = np.maximum(self._size, 1e-3)
        place = (xy - self._centre[:, None]) / size[:, None]
        place = _within(place, FARTHEST) * found[..., None]
        speed, drift = self._speeds(place, found, size)
        neck = place[:, _NECK]
        trunk = neck / np.maximum(_length(neck), 1e-3)[:, None]
        batch = len(xy)
        parts = (place.reshape(batch, -1), score, speed.reshape(batch, -1), drift, trunk,
                 _cosines(place, found))  # fmt: skip
        return np.concatenate(parts, axis=1).astype(np.float32)

    def _measure(self, xy: np.ndarray, found: np.ndarray) -> None:
        """Follows the body's size: the second longest bone, as a misplaced joint makes one long."""
        there = found.take(_FROM, 1) & found.take(_TO, 1)
        length = _length(xy.take(_FROM, 1) - xy.take(_TO, 1)) / _USUAL * there
        now = np.sort(length, axis=1)[:, -2:-1]
        step = np.where(now > self._size, UP, DOWN) * (now - self._size)
        moved = np.where(self._size > 0, self._size + step, now)
        self._size = np.where(now > 0, moved, self._size).astype(np.float32)

    def _speeds(
        self, place: np.ndarray, found: np.ndarray, size: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Speeds of the joints about the hips and of the hips, scaled to about 1."""
        self._before.append((place, found, self._centre))
        if len(self._before) <= BACK:
            return np.zeros_like(place), np.zeros_like(self._centre)
        old, seen, centre = self._before.pop(0)
        speed = (place - old) * (found & seen)[..., None] * (RATE_HZ / BACK)
        drift = (self._centre - centre) / size * (RATE_HZ / BACK)
        return _within(speed, FASTEST) / 3, _within(drift, FASTEST) / 3


def _cosines(place: np.ndarray, found: np.ndarray) -> np.ndarray:
    """(batch, 8) of the angles at elbows, shoulders, hips and knees; 0 where a joint is missing."""
    joints = place.take(_ANGLES, 1)
    first, second = joints[:, :, 0] - joints[:, :, 1], joints[:, :, 2] - joints[:, :, 1]
    lengths = _length(first) * _length(second)
    cosine = (first * second).sum(-1) / np.maximum(lengths, 1e-3)
    result: np.ndarray = cosine * found.take(_ANGLES, 1).all(-1)
    return result


def _within(values: np.ndarray, most: float) -> np.ndarray:
    result: np.ndarray = np.minimum(np.maximum(values, -most), most)
    return result


def _length(vectors: np.ndarray) -> np.ndarray:
    """(…, 2) → (…,); faster than `np.linalg.norm` for the few of one person."""
    x, y = vectors[..., 0], vectors[..., 1]
    result: np.ndarray = np.sqrt(x * x + y * y)
    return result
