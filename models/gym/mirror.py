"""The walls of a hall as planes, and a mirror on one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.gym.camera import Camera
from models.gym.shade import Walls


@dataclass(frozen=True)
class Side:
    """One wall of a hall.

    Attributes:
        out, along: (3,) directions out of the hall and along the wall, level.
        far_m: distance of the wall from the origin.
        high_m: height of the hall.
    """

    out: np.ndarray
    along: np.ndarray
    far_m: float
    high_m: float


@dataclass(frozen=True)
class Mirror:
    """A mirror on a wall.

    Attributes:
        number: of its rectangle in `Room.walls`.
        corner: (3,) a point of its surface.
        out: (3,) level direction into the mirror.
        tint: (3,) share of the light it gives back, RGB.
    """

    number: int
    corner: np.ndarray
    out: np.ndarray
    tint: np.ndarray

    def viewer(self, camera: Camera) -> Camera:
        """The camera that sees, mirrored left to right, what the mirror shows."""

        def other_side(point: np.ndarray) -> np.ndarray:
            return point - 2 * float((point - self.corner) @ self.out) * self.out

        place, target = other_side(camera.place), other_side(camera.target)
        return Camera(place, target, camera.view_deg, camera.size, -camera.roll_deg)

    def before(self, walls: Walls) -> Walls:
        """The rectangles that are not behind the mirror as a whole."""
        corner, side, other = np.moveaxis(walls.rectangles, 1, 0)
        corners = np.stack([corner, corner + side, corner + other, corner + side + other], 1)
        ahead = ((corners - self.corner) @ self.out < -1e-3).any(1)
        return Walls(*(part[ahead] for part in walls))
