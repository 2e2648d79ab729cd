"""Named, camera-independent numbers about one body: angles and distances in torso lengths.

Coordinates are hip-centred and divided by the torso length before anything is measured, y up.
The paper (section 3.2, figure 5) numbers the joints p0 nose, p1 neck, p2 hip, p3 knee, p4 ankle,
p5 wrist, p6 elbow, p7 shoulder and uses four angles with their vertex at the hip. We read them so:

* body  = p1 p2 p4: between trunk and the line from hip to ankle (`body_deg`);
* knee  = p3 p2 p4: between thigh and the line from hip to ankle; about 45° when the knee is bent
  at a right angle, 0° when the leg is straight (`knee_at_hip_deg`);
* wrist = p5 p2 p1: between trunk and the line from hip to wrist; small while the hands stay at the
  head (`wrist_at_hip_deg`);
* ankle = p4 p2 p4': p4' is not defined in the paper, and table 1 gives 1.24 without the degree sign
  that the other two carry. We take it for what it can be without a unit: the distance of equation
  (8) from hip to ankle in torso lengths (`ankle_reach`). It grows when the feet slide away.
"""

from __future__ import annotations

import math

import numpy as np

from edge_app.pose.skeleton import INDEX
from edge_app.values import Pose

MIN_SCORE = 0.05  # below this a keypoint counts as missing; the decoder gives none lower
NAN = float("nan")

# Parameters measured on one side of the body, with the joints they need (side left out).
SIDED_ANGLES = {
    "elbow_deg": ("shoulder", "elbow", "wrist"),
    "knee_deg": ("hip", "knee", "ankle"),
    "hip_deg": ("shoulder", "hip", "knee"),
    "shoulder_deg": ("hip", "shoulder", "elbow"),
    "body_deg": ("shoulder", "hip", "ankle"),
    "knee_at_hip_deg": ("knee", "hip", "ankle"),
    "wrist_at_hip_deg": ("wrist", "hip", "shoulder"),
}
SIDED_DISTANCES = {
    "ankle_reach": ("hip", "ankle"),
    "arm_reach": ("shoulder", "wrist"),
    "shoulder_knee": ("shoulder", "knee"),
    "wrist_ear": ("wrist", "ear"),
}
SIDED_RISES = {  # how far the first joint is above the second in the image
    "thigh_rise": ("hip", "knee"),
    "hip_rise": ("hip", "ankle"),
    "wrist_rise": ("wrist", "shoulder"),
}
CENTRAL = ("trunk_deg", "trunk_rise", "leg_spread", "nose_rise", "hands_above_nose")
PARAMETERS = (*SIDED_ANGLES, *SIDED_DISTANCES, *SIDED_RISES, *CENTRAL)

# Length of a segment in torso lengths (mid-shoulder to mid-hip), adults and school children alike.
SEGMENTS = (
    ("shoulder", "elbow", 0.60),
    ("elbow", "wrist", 0.52),
    ("hip", "knee", 0.85),
    ("knee", "ankle", 0.82),
)
SHOULDER_WIDTH = 0.70
SIDES = ("right", "left")


def angle_deg(first: np.ndarray, vertex: np.ndarray, last: np.ndarray) -> float:
    """Equation (7): the angle at `vertex` in degrees, 0 to 180; NaN if a limb has no length."""
    t, y = first - vertex, last - vertex
    norm = math.hypot(t[0], t[1]) * math.hypot(y[0], y[1])
    if norm <= 0:
        return NAN
    cosine = float(t[0] * y[0] + t[1] * y[1]) / norm
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def distance(first: np.ndarray, last: np.ndarray) -> float:
    """Euclidean distance: equation (8), in two dimensions because the camera gives no third."""
    return math.hypot(first[0] - last[0], first[1] - last[1])


class Follower:
    """A value that follows its input with separate time constants up and down."""

    def __init__(self, up_s: float, down_s: float) -> None:
        self.up_s, self.down_s = up_s, down_s
        self.value = NAN
        self._t_s = NAN

    def update(self, value: float, t_s: float) -> float:
        if math.isnan(self.value):
            self.value = value
        else:
            tau_s = self.up_s if value > self.value else self.down_s
            self.value += (value - self.value) * -math.expm1(-max(0.0, t_s - self._t_s) / tau_s)
        self._t_s = t_s
        return self.value

    def touch(self, t_s: float) -> None:
        """Lets time pass without following: the value stays as it is."""
        self._t_s = t_s


class TorsoLength:
    """The person's torso length in pixels, also where the camera foreshortens the torso.

    Every visible segment, divided by its usual proportion, is a lower bound of the torso length
    because a projection only shortens. The second largest bound is taken (one bad joint makes one
    bad bound) and followed quickly upwards and slowly downwards. A fall by more than 40 % is a cut
    or another person rather than a movement, and is followed within a second.
    """

    def __init__(self) -> None:
        self._long = Follower(up_s=0.4, down_s=10.0)

    def update(self, xy: np.ndarray, score: np.ndarray, t_s: float) -> float:
        bounds = sorted(_torso_bounds(xy, score))
        if bounds:
            measured = bounds[-2] if len(bounds) > 1 else bounds[0]
            self._long.down_s = 1.0 if measured < 0.6 * self._long.value else 10.0
            self._long.update(measured, t_s)
        return self._long.value


def _torso_bounds(xy: np.ndarray, score: np.ndarray) -> list[float]:
    bounds = []
    for a, b, proportion in SEGMENTS:
        lengths = [
            distance(xy[INDEX[f"{side}_{a}"]], xy[INDEX[f"{side}_{b}"]])
            for side in SIDES
            if min(score[INDEX[f"{side}_{a}"]], score[INDEX[f"{side}_{b}"]]) >= MIN_SCORE
        ]
        if lengths:
            bounds.append(max(lengths) / proportion)
    shoulder, hip = middle(xy, score, "shoulder"), middle(xy, score, "hip")
    if shoulder is not None and hip is not None:
        bounds.append(distance(shoulder, hip))
    left, right = INDEX["left_shoulder"], INDEX["right_shoulder"]
    if min(score[left], score[right]) >= MIN_SCORE:
        bounds.append(distance(xy[left], xy[right]) / SHOULDER_WIDTH)
    return bounds


def middle(xy: np.ndarray, score: np.ndarray, name: str) -> np.ndarray | None:
    """The score-weighted middle of the visible ones of a pair of joints, or a joint without sides.

    None if it is not seen.
    """
    if name in INDEX:
        return xy[INDEX[name]] if score[INDEX[name]] >= MIN_SCORE else None
    index = [INDEX[f"{side}_{name}"] for side in SIDES]
    weight = np.where(score[index] >= MIN_SCORE, score[index], 0.0)
    return weight @ xy[index] / weight.sum() if weight.sum() > 0 else None


class ParameterReader:
    """Turns poses into parameters; keeps the torso length and which side is seen better.

    Attributes:
        torso_px: the person's torso length after the last pose, NaN before the first.
    """

    def __init__(self) -> None:
        self._torso = TorsoLength()
        self.torso_px = NAN
        self._side = dict.fromkeys(PARAMETERS, 0)
        self._advantage = {name: Follower(0.4, 0.4) for name in PARAMETERS}

    def read(self, pose: Pose) -> dict[str, float]:
        """All `PARAMETERS` of one pose; NaN where a joint it needs is missing.

        Angles are in degrees, everything else in torso lengths.
        """
        values = dict.fromkeys(PARAMETERS, NAN)
        torso_px = self.torso_px = self._torso.update(pose.xy, pose.score, pose.t_s)
        hip = middle(pose.xy, pose.score, "hip")
        if math.isnan(torso_px) or torso_px <= 0:
            return values
        origin = hip if hip is not None else np.zeros(2)
        xy = (pose.xy - origin) / torso_px * (1.0, -1.0)
        for name, joints in {**SIDED_ANGLES, **SIDED_DISTANCES, **SIDED_RISES}.items():
            values[name] = self._sided(name, joints, xy, pose)
        values.update(_central(xy, pose.score))
        return values

    def _sided(self, name: str, joints: tuple[str, ...], xy: np.ndarray, pose: Pose) -> float:
        index = [[INDEX[f"{side}_{joint}"] for joint in joints] for side in SIDES]
        seen = [float(pose.score[i].min()) for i in index]
        advantage = self._advantage[name].update(seen[1] - seen[0], pose.t_s)
        # A side keeps its place until the other has been clearly better for a moment.
        if abs(advantage) > 0.15:
            self._side[name] = int(advantage > 0)
        side = self._side[name]
        if seen[side] < MIN_SCORE:
            return NAN
        points = xy[index[side]]
        if name in SIDED_ANGLES:
            return angle_deg(points[0], points[1], points[2])
        if name in SIDED_DISTANCES:
            return distance(points[0], points[1])
        return float(points[0][1] - points[1][1])


def _central(xy: np.ndarray, score: np.ndarray) -> dict[str, float]:
    """The parameters that belong to no side; `xy` as in `ParameterReader.read`."""
    values = {}
    shoulder, hip = middle(xy, score, "shoulder"), middle(xy, score, "hip")
    if shoulder is not None and hip is not None:
        dx, dy = shoulder - hip
        values["trunk_deg"] = abs(math.degrees(math.atan2(dx, dy)))  # 0 upright, 90 horizontal
        values["trunk_rise"] = float(dy)
    left, right = INDEX["left_ankle"], INDEX["right_ankle"]
    if min(score[left], score[right]) >= MIN_SCORE:
        values["leg_spread"] = distance(xy[left], xy[right])
    nose, wrist = INDEX["nose"], middle(xy, score, "wrist")
    if score[nose] >= MIN_SCORE and hip is not None:
        values["nose_rise"] = float(xy[nose][1] - hip[1])
    if score[nose] >= MIN_SCORE and wrist is not None:
        values["hands_above_nose"] = float(wrist[1] - xy[nose][1])
    return values
