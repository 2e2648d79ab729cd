"""Where the camera stands and where in its picture a point of the room appears."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.synthetic.limbs import unit


@dataclass(frozen=True)
class Camera:
    """A pinhole camera that looks at a point with the horizon level; lengths in metres."""

    place: np.ndarray  # (3,)
    target: np.ndarray  # (3,)
    view_deg: float  # vertical opening angle
    size: tuple[int, int]  # width, height in pixels

    @staticmethod
    def around(
        target: np.ndarray, azimuth_deg: float, height_m: float, distance_m: float,
        view_deg: float, size: tuple[int, int],
    ) -> Camera:  # fmt: skip
        """A camera on a tripod; azimuth 0 looks along -x at the student's left side."""
        azimuth = np.radians(azimuth_deg)
        offset = distance_m * np.array([np.cos(azimuth), np.sin(azimuth), 0])
        place = np.array([target[0], target[1], 0]) + offset
        return Camera(place + np.array([0, 0, height_m]), np.asarray(target, float), view_deg, size)

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels (..., 2), the centre of the first being (0, 0), and distances along the view."""
        forward = unit(self.target - self.place)
        right = unit(np.cross(forward, [0.0, 0.0, 1.0]))
        seen = (points - self.place) @ np.stack([right, np.cross(forward, right), forward]).T
        width, height = self.size
        focal_px = height / 2 / np.tan(np.radians(self.view_deg) / 2)
        xy = seen[..., :2] / seen[..., 2:] * focal_px + [width / 2 - 0.5, height / 2 - 0.5]
        return xy, seen[..., 2]
