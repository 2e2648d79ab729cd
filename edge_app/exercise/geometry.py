"""Geometry of one body: joints by name, midpoints, angles and distances."""

from __future__ import annotations

import math
from typing import List, Sequence

from edge_app.skeleton import INDEX

Point = Sequence[float]  # x, y
Points = Sequence[Point]
Scores = List[float]

MIN_SCORE = 0.05  # below this a keypoint counts as missing; the decoder returns none below it
NAN = float("nan")
SIDES = ("right", "left")

# The indices of each joint's two sides by its name, or of the one side that is named.
BOTH: dict[str, tuple[int, ...]] = {name: (number,) for name, number in INDEX.items()}
BOTH.update(
    (name[6:], (number, INDEX[f"left_{name[6:]}"]))
    for name, number in INDEX.items()
    if name.startswith("right_")
)


def angle_deg(first: Point, vertex: Point, last: Point) -> float:
    """Equation (7): the angle at `vertex` in degrees, 0 to 180; NaN if a limb has no length."""
    tx, ty = first[0] - vertex[0], first[1] - vertex[1]
    yx, yy = last[0] - vertex[0], last[1] - vertex[1]
    norm = math.hypot(tx, ty) * math.hypot(yx, yy)
    if norm <= 0:
        return NAN
    cosine = (tx * yx + ty * yy) / norm
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def distance(first: Point, last: Point) -> float:
    """Euclidean distance: equation (8), in the picture's two dimensions."""
    return math.hypot(first[0] - last[0], first[1] - last[1])


def below(point: Point, first: Point, last: Point, shortest: float) -> float:
    """How far a point is below the line through two others, y up.

    NaN if these are closer to each other than `shortest`.
    """
    dx, dy = last[0] - first[0], last[1] - first[1]
    length = math.hypot(dx, dy)
    if length < shortest:
        return NAN
    off = (dx * (point[1] - first[1]) - dy * (point[0] - first[0])) / length
    return -off if dx > 0 else off


def middle(xy: Points, score: Scores, name: str) -> Point | None:
    """The score-weighted midpoint of a pair's visible joints, or a joint without sides.

    None if it is not seen.
    """
    x = y = total = 0.0
    for index in BOTH[name]:
        weight = score[index]
        if weight >= MIN_SCORE:
            x, y, total = x + weight * xy[index][0], y + weight * xy[index][1], total + weight
    return (x / total, y / total) if total else None
