"""The length of a person's torso in the picture, the unit of all distances."""

from __future__ import annotations

from edge_app.envelope import EnvelopeFollower
from edge_app.exercise.geometry import BOTH, MIN_SCORE, SIDES, Points, Scores, distance, middle
from edge_app.skeleton import INDEX

# Lengths of segments in torso lengths (mid-shoulder to mid-hip), for adults and school children.
SEGMENTS = (
    ("shoulder", "elbow", 0.60),
    ("elbow", "wrist", 0.52),
    ("hip", "knee", 0.85),
    ("knee", "ankle", 0.82),
)
SHOULDER_WIDTH = 0.70

SEGMENT_INDEX = tuple(
    (tuple((INDEX[f"{side}_{a}"], INDEX[f"{side}_{b}"]) for side in SIDES), proportion)
    for a, b, proportion in SEGMENTS
)


class TorsoLength:
    """The person's torso length in pixels, even if the camera foreshortens the torso.

    Every visible segment, divided by its usual proportion, is a lower bound of the torso length,
    because projection only shortens. The second largest bound is used (one bad joint makes one bad
    bound) and followed quickly upwards and slowly downwards. A fall by more than 40 % is a cut or
    another person rather than a movement, and is followed within a second.
    """

    def __init__(self) -> None:
        self._long = EnvelopeFollower(up_s=0.4, down_s=10.0)

    def update(self, xy: Points, score: Scores, t_s: float) -> float:
        bounds = sorted(_torso_bounds(xy, score))
        if bounds:
            measured = bounds[-2] if len(bounds) > 1 else bounds[0]
            self._long.down_s = 1.0 if measured < 0.6 * self._long.value else 10.0
            self._long.update(measured, t_s)
        return self._long.value


def _torso_bounds(xy: Points, score: Scores) -> list[float]:
    bounds = []
    for sides, proportion in SEGMENT_INDEX:
        lengths = [
            distance(xy[a], xy[b])
            for a, b in sides
            if score[a] >= MIN_SCORE and score[b] >= MIN_SCORE
        ]
        if lengths:
            bounds.append(max(lengths) / proportion)
    shoulder, hip = middle(xy, score, "shoulder"), middle(xy, score, "hip")
    if shoulder is not None and hip is not None:
        bounds.append(distance(shoulder, hip))
    right, left = BOTH["shoulder"]
    if score[left] >= MIN_SCORE and score[right] >= MIN_SCORE:
        bounds.append(distance(xy[left], xy[right]) / SHOULDER_WIDTH)
    return bounds
