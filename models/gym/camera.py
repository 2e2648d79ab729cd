"""The camera's position, and the projection of room points into its picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.gym.limbs import unit


@dataclass(frozen=True)
class Camera:
    """A pinhole camera that looks at a point; lengths in metres."""

    place: np.ndarray  # (3,)
    target: np.ndarray  # (3,)
    view_deg: float  # vertical opening angle
    size: tuple[int, int]  # width, height in pixels
    roll_deg: float = 0.0  # sideways tilt of the camera

    @staticmethod
    def around(
        target: np.ndarray, azimuth_deg: float, height_m: float, distance_m: float,
        view_deg: float, size: tuple[int, int], roll_deg: float = 0.0,
    ) -> Camera:  # fmt: skip
        """A camera on a tripod; azimuth 0 looks along -x at the student's left side."""
        azimuth = np.radians(azimuth_deg)
        offset = distance_m * np.array([np.cos(azimuth), np.sin(azimuth), 0])
        place = np.array([target[0], target[1], 0]) + offset
        place = place + np.array([0, 0, height_m])
        return Camera(place, np.asarray(target, float), view_deg, size, roll_deg)

    @cached_property
    def axes(self) -> np.ndarray:
        """Rows: the directions right, down and forward in the room, (3, 3)."""
        forward = unit(self.target - self.place)
        right = unit(np.cross(forward, [0.0, 0.0, 1.0]))
        down = np.cross(forward, right)
        cos, sin = np.cos(np.radians(self.roll_deg)), np.sin(np.radians(self.roll_deg))
        return np.stack([cos * right + sin * down, cos * down - sin * right, forward])

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return self.size[1] / 2 / np.tan(np.radians(self.view_deg) / 2)

    def seen(self, points: np.ndarray) -> np.ndarray:
        """Points (..., 3) of the room in camera coordinates: right, down and forward, metres."""
        return (points - self.place) @ self.axes.T

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels (..., 2), the centre of the first being (0, 0), and distances along the view."""
        seen = self.seen(points)
        middle = np.asarray(self.size) / 2 - 0.5
        away = np.maximum(seen[..., 2:], 1e-6)
        return seen[..., :2] / away * self.focal_px + middle, seen[..., 2]
