"""A decoded person, the similarity of two, and the square that frames one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge_app.pose.preprocess import Transform, look_at
from edge_app.skeleton import INDEX, NECK

FEWEST_KEYPOINTS = 6  # of a person worth tracking
SURE = 5.0  # summed score of the keypoints of a person worth tracking: whole bodies have 8 and more
MARGIN = 1.35  # the square's side over the body's larger extent, for an input of ROOM_PX
# Larger inputs show more surroundings, not a larger body: the networks were trained on bodies of
# about 140 pixels and see them best (`models.evaluate --close`).
ROOM_PX = 192
TORSO_SIDES = 3.4  # least width of the square in torso lengths: keeps unseen legs in view
HIPS = (INDEX["right_hip"], INDEX["left_hip"])


@dataclass(frozen=True)
class Person:
    """One decoded person in frame pixels."""

    xy: np.ndarray  # (18, 2)
    score: np.ndarray  # (18,)

    @property
    def found(self) -> np.ndarray:
        """(18,) bool: which keypoints were found."""
        return self.score > 0

    @property
    def worth_tracking(self) -> bool:
        """Whether a search may accept this as a person, and not as a wall bar."""
        return bool(self.found.sum() >= FEWEST_KEYPOINTS and self.score.sum() >= SURE)

    @property
    def extent_px(self) -> float:
        """The larger side of the keypoints' box."""
        xy = self.xy[self.found]
        return float(np.ptp(xy, axis=0).max()) if len(xy) else 0.0

    @property
    def centre(self) -> tuple[float, float]:
        """Centre of the keypoints' box."""
        xy = self.xy[self.found]
        x, y = (xy.min(0) + xy.max(0)) / 2
        return float(x), float(y)

    def torso(self) -> np.ndarray | None:
        """Vector from the hips to the neck, or None if one of them is missing."""
        hips = [i for i in HIPS if self.found[i]]
        if not hips or not self.found[NECK]:
            return None
        return np.asarray(self.xy[NECK] - self.xy[hips].mean(0))


def similarity(a: Person, b: Person, body_px: float) -> float:
    """How likely two poses show one person a moment apart: like OKS, 1 for the same pose."""
    both = a.found & b.found
    if both.sum() < 3:
        return 0.0
    distance = np.linalg.norm(a.xy[both] - b.xy[both], axis=1)
    return float(np.exp(-((distance / (0.15 * max(body_px, 1.0))) ** 2) / 2).mean())


def framing(person: Person) -> tuple[float, float | None]:
    """Side of the square that frames a person, and the rotation that makes the torso upright.

    Returns:
        Side in frame pixels, margin included; turn in degrees, None for a torso seen end-on.
    """
    side = person.extent_px * MARGIN
    torso = person.torso()
    if torso is None:
        return side, None
    length = float(np.hypot(*torso))
    side = max(side, length * TORSO_SIDES)
    if length <= 0.12 * side:
        return side, None
    return side, float(np.degrees(np.arctan2(torso[0], -torso[1])))


def close_look(
    person: Person, side_px: float, turn_deg: float, input_hw: tuple[int, int]
) -> Transform:
    """The view of a person with the given `framing`, for an input of this size."""
    room = min(input_hw) / ROOM_PX
    return look_at(person.centre, side_px * room, turn_deg, input_hw)
