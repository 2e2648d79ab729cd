"""A skeleton that reads at a glance: thick limbs with a dark outline, white joints."""

from __future__ import annotations

from typing import Dict, Tuple

import cv2
import numpy as np

from edge_app.sinks.video.colours import DARK, INK, LEFT, MIDDLE, RIGHT, Colour
from edge_app.skeleton import INDEX
from edge_app.values import Pose

Point = Tuple[float, float]
Points = Dict[str, Point]
Bone = Tuple[str, str, Colour]

SHOWN = 0.1  # lowest score of a drawn keypoint
FINE = 4  # fractional bits of a pixel, so that slow movement is smooth
CHAINS = ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")
SIDES = {"right": RIGHT, "left": LEFT}
TRUNK: tuple[Bone, ...] = (
    ("right_hip", "left_hip", MIDDLE),
    ("hips", "neck", MIDDLE),
    ("right_shoulder", "left_shoulder", MIDDLE),
    ("neck", "nose", MIDDLE),
)


def limbs_of(side: str) -> list[Bone]:
    """An arm and a leg, "left" or "right"."""
    colour = SIDES[side]
    pairs = [pair for chain in CHAINS for pair in zip(chain, chain[1:])]
    return [(f"{side}_{a}", f"{side}_{b}", colour) for a, b in pairs]


def points_of(pose: Pose, scale: float = 1.0) -> Points:
    """The visible keypoints and the midpoint of the hips, by name, in picture pixels."""
    xy = (pose.xy * scale).tolist()
    seen = (pose.score >= SHOWN).tolist()
    found = {name: (xy[i][0], xy[i][1]) for name, i in INDEX.items() if seen[i]}
    hips = [found[name] for name in ("right_hip", "left_hip") if name in found]
    if hips:
        found["hips"] = (sum(x for x, _ in hips) / len(hips), sum(y for _, y in hips) / len(hips))
    return found


def bones_of(points: Points) -> list[tuple[Point, Point]]:
    """The ends of all drawn bones."""
    bones = (*limbs_of("right"), *TRUNK, *limbs_of("left"))
    return [(points[a], points[b]) for a, b, _ in bones if a in points and b in points]


def thickness_px(points: Points, height_px: int) -> float:
    """Width of a limb: proportional to the person, within limits relative to the picture."""
    xy = np.array(list(points.values()))
    person_px = float(np.ptp(xy, axis=0).max()) if len(xy) else 0.0
    return max(2.0, min(max(person_px / 42, height_px / 130), height_px / 55))


def draw_pose(
    image: np.ndarray, pose: Pose, scale: float = 1.0, thick_px: int | None = None
) -> None:
    """Draws the skeleton onto a BGR picture, in place.

    The side with the lower scores comes first, so that the near side covers it.

    Args:
        scale: picture pixels per pose pixel.
        thick_px: width of the limbs; None derives it from the pose.
    """
    points = points_of(pose, scale)
    near = max(SIDES, key=lambda side: _score(pose, side))
    far = "left" if near == "right" else "right"
    groups = (limbs_of(far), list(TRUNK), limbs_of(near))
    thick = thick_px or round(thickness_px(points, image.shape[0]))
    rim = 2 * max(1, round(thick / 5))
    for group in groups:
        bones = [(points[a], points[b], hue) for a, b, hue in group if a in points and b in points]
        for start, end, _ in bones:
            line(image, start, end, DARK, thick + rim)
        for start, end, colour in bones:
            line(image, start, end, colour, thick)
        for joint in {end for bone in bones for end in bone[:2]}:
            dot(image, joint, thick * 0.28, INK)


def _score(pose: Pose, side: str) -> float:
    """Sum of a side's scores."""
    return sum(float(pose.score[INDEX[name]]) for bone in limbs_of(side) for name in bone[:2])


def line(image: np.ndarray, start: Point, end: Point, colour: Colour, thick: int) -> None:
    """A line with round ends, in sub-pixel position."""
    cv2.line(image, fine(start), fine(end), colour, thick, cv2.LINE_AA, FINE)


def dot(image: np.ndarray, at: Point, radius_px: float, colour: Colour) -> None:
    """A filled circle, in sub-pixel position and size."""
    cv2.circle(image, fine(at), round(radius_px * 2**FINE), colour, -1, cv2.LINE_AA, FINE)


def fine(point: Point) -> tuple[int, int]:
    """A position for OpenCV's `shift` of `FINE`."""
    return round(point[0] * 2**FINE), round(point[1] * 2**FINE)
