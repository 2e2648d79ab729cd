"""The joint angle that the count comes from, as an arc at the joint with its degrees."""

from __future__ import annotations

import math

import cv2
import numpy as np

from edge_app.exercise.definition import Exercise
from edge_app.exercise.geometry import angle_deg
from edge_app.exercise.parameters import SIDED_ANGLES
from edge_app.sinks.video.colours import ANGLE, DARK
from edge_app.sinks.video.skeleton import Point, Points, fine
from edge_app.sinks.video.tile import text_tile
from edge_app.skeleton import INDEX
from edge_app.values import Pose

CLEARLY = 0.15  # so much better seen must the other side be before the arc changes to it
# Where the signal is a height or a distance: the angle that makes it.
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


class AngleArc:
    """Draws one of `parameters.SIDED_ANGLES` on the side that is seen better.

    Args:
        parameter: which; None draws nothing.
    """

    def __init__(self, parameter: str | None) -> None:
        self._joints = SIDED_ANGLES[parameter] if parameter else ()
        self._side = "right"

    def draw(self, image: np.ndarray, pose: Pose, points: Points, thick_px: int) -> None:
        """Onto a BGR picture, in place, if all three joints are in `points` (picture pixels)."""
        if not self._joints:
            return
        seen = {
            side: min(float(pose.score[INDEX[f"{side}_{joint}"]]) for joint in self._joints)
            for side in ("right", "left")
        }
        other = "left" if self._side == "right" else "right"
        if seen[other] > seen[self._side] + CLEARLY:
            self._side = other
        names = [f"{self._side}_{joint}" for joint in self._joints]
        if all(name in points for name in names):
            first, vertex, last = (points[name] for name in names)
            _arc(image, first, vertex, last, thick_px)


def _arc(image: np.ndarray, first: Point, vertex: Point, last: Point, thick_px: int) -> None:
    value = angle_deg(first, vertex, last)
    if math.isnan(value):
        return
    radius = 0.42 * min(math.dist(first, vertex), math.dist(last, vertex))
    if radius < 2 * thick_px:  # a limb that points at the camera
        return
    begin = math.degrees(math.atan2(first[1] - vertex[1], first[0] - vertex[0]))
    end = math.degrees(math.atan2(last[1] - vertex[1], last[0] - vertex[0]))
    turn = (end - begin + 180) % 360 - 180  # the short way round
    angles = np.radians(begin + turn * np.linspace(0, 1, 25))
    rim = np.array(vertex) + radius * np.stack([np.cos(angles), np.sin(angles)], 1)
    _wedge(image, np.array([vertex, *rim.tolist()]))
    curve = np.array([fine((x, y)) for x, y in rim.tolist()], np.int32)
    for colour, wide in ((DARK, thick_px // 2 + 3), (ANGLE, max(2, thick_px // 3))):
        cv2.polylines(image, [curve], False, colour, wide, cv2.LINE_AA, 4)
    label = text_tile(f"{value:.0f}°", max(12, round(1.9 * thick_px)), ANGLE)
    away = radius + 0.75 * max(label.size)
    middle = math.radians(begin + turn / 2)
    label.lay(
        image,
        round(vertex[0] + away * math.cos(middle) - label.size[0] / 2),
        round(vertex[1] + away * math.sin(middle) - label.size[1] / 2),
    )


def _wedge(image: np.ndarray, outline: np.ndarray) -> None:
    """Tints the inside of a polygon, (n, 2) pixels."""
    low = np.maximum(np.floor(outline.min(0)).astype(int), 0)
    high = np.minimum(np.ceil(outline.max(0)).astype(int) + 1, image.shape[1::-1])
    if (high <= low).any():
        return
    part = image[low[1] : high[1], low[0] : high[0]]
    tinted = part.copy()
    cv2.fillPoly(tinted, [np.round(outline - low).astype(np.int32)], ANGLE)
    cv2.addWeighted(tinted, 0.35, part, 0.65, 0, part)
