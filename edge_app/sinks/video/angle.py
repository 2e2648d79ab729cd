"""The joint angle that the count uses, as an arc at the joint with its degrees."""

from __future__ import annotations

import math
from typing import NamedTuple

import cv2
import numpy as np

from edge_app.exercise.definition import Exercise
from edge_app.exercise.geometry import angle_deg
from edge_app.exercise.parameters import SIDED_ANGLES
from edge_app.sinks.video.colours import ANGLE, DARK
from edge_app.sinks.video.skeleton import FINE, Point, Points
from edge_app.sinks.video.tile import text_tile
from edge_app.skeleton import INDEX
from edge_app.values import Pose

CLEARLY = 0.15  # how much better seen the other side must be before the arc switches to it
# For a signal that is a height or a distance: the angle behind it.
ANGLE_OF = {
    "trunk_rise": "hip_deg",
    "nose_rise": "hip_deg",
    "shoulder_knee": "hip_deg",
    "thigh_rise": "knee_deg",
    "hip_rise": "knee_deg",
    "ankle_reach": "knee_deg",
    "arm_reach": "elbow_deg",
    "wrist_rise": "shoulder_deg",
}


def main_angle(exercise: Exercise) -> str | None:
    """The parameter in degrees to draw for an exercise: that of its first signal component."""
    names = [
        ANGLE_OF.get(component.parameter, component.parameter) for component in exercise.signal
    ]
    return next((name for name in names if name in SIDED_ANGLES), None)


class Angle(NamedTuple):
    """A measured angle in a picture."""

    degrees: float
    vertex: Point
    radius_px: float
    begin_deg: float  # of the arc, clockwise from the right as pixels go
    turn_deg: float  # from there to its end, the short way round

    def at(self, radius_px: np.ndarray | float, share: np.ndarray | float) -> np.ndarray:
        """Points on the arc, or before or behind it; `share` goes from 0 to 1 along it."""
        angle = np.radians(self.begin_deg + self.turn_deg * np.asarray(share))
        return np.array(self.vertex) + radius_px * np.stack([np.cos(angle), np.sin(angle)], -1)


class AngleFinder:
    """Measures one of `parameters.SIDED_ANGLES` on the side that is seen better.

    Args:
        parameter: its name; None finds none.
    """

    def __init__(self, parameter: str | None) -> None:
        self._joints = SIDED_ANGLES[parameter] if parameter else ()
        self._side = "right"

    def find(self, pose: Pose, points: Points) -> Angle | None:
        """The angle, if all three joints are in `points` (picture pixels) and not in one place."""
        if not self._joints:
            return None
        seen = {
            side: min(float(pose.score[INDEX[f"{side}_{joint}"]]) for joint in self._joints)
            for side in ("right", "left")
        }
        other = "left" if self._side == "right" else "right"
        if seen[other] > seen[self._side] + CLEARLY:
            self._side = other
        names = [f"{self._side}_{joint}" for joint in self._joints]
        if not all(name in points for name in names):
            return None
        first, vertex, last = (points[name] for name in names)
        value = angle_deg(first, vertex, last)
        if math.isnan(value):
            return None
        begin = math.degrees(math.atan2(first[1] - vertex[1], first[0] - vertex[0]))
        end = math.degrees(math.atan2(last[1] - vertex[1], last[0] - vertex[0]))
        radius = 0.42 * min(math.dist(first, vertex), math.dist(last, vertex))
        return Angle(value, vertex, radius, begin, (end - begin + 180) % 360 - 180)


def draw_arc(image: np.ndarray, angle: Angle, thick_px: int) -> None:
    """The arc with its tinted sector onto a BGR picture, in place; it belongs under the limbs."""
    if angle.radius_px < 2 * thick_px:  # a limb that points at the camera
        return
    arc = angle.at(angle.radius_px, np.linspace(0, 1, 25))
    _tint(image, np.vstack([angle.vertex, arc]))
    curve = np.round(arc * 2**FINE).astype(np.int32)
    for colour, wide in ((DARK, thick_px // 2 + 3), (ANGLE, max(2, thick_px // 3))):
        cv2.polylines(image, [curve], False, colour, wide, cv2.LINE_AA, FINE)


def draw_degrees(image: np.ndarray, angle: Angle, thick_px: int) -> None:
    """The number outside the arc onto a BGR picture, in place; it belongs over the limbs."""
    label = text_tile(f"{angle.degrees:.0f}°", max(12, 3 * thick_px), ANGLE)
    away = max(angle.radius_px, 2.0 * thick_px) + 0.75 * max(label.size)
    x, y = angle.at(away, 0.5).tolist()
    label.lay(image, round(x - label.size[0] / 2), round(y - label.size[1] / 2))


def _tint(image: np.ndarray, outline: np.ndarray) -> None:
    """Tints the inside of a polygon, (n, 2) pixels."""
    low = np.maximum(np.floor(outline.min(0)).astype(int), 0)
    high = np.minimum(np.ceil(outline.max(0)).astype(int) + 1, image.shape[1::-1])
    if (high <= low).any():
        return
    part = image[low[1] : high[1], low[0] : high[0]]
    tinted = part.copy()
    cv2.fillPoly(tinted, [np.round(outline - low).astype(np.int32)], ANGLE)
    cv2.addWeighted(tinted, 0.35, part, 0.65, 0, part)
