"""Named, camera-independent measures of one body: angles, and distances in torso lengths.

Coordinates are hip-centred and divided by the torso length before anything is measured, y up.
The paper (section 3.2, figure 5) numbers the joints p0 nose, p1 neck, p2 hip, p3 knee, p4 ankle,
p5 wrist, p6 elbow, p7 shoulder and uses four angles with the vertex at the hip. We read them as:

* body  = p1 p2 p4: between trunk and the line from hip to ankle (`body_deg`);
* knee  = p3 p2 p4: between thigh and the line from hip to ankle; about 45° when the knee is bent
  at a right angle, 0° when the leg is straight (`knee_at_hip_deg`);
* wrist = p5 p2 p1: between trunk and the line from hip to wrist; small while the hands stay at the
  head (`wrist_at_hip_deg`);
* ankle = p4 p2 p4': p4' is not defined in the paper, and table 1 gives 1.24 without the degree sign
  of the other two. We read it as the only quantity without a unit: the distance of equation (8)
  from hip to ankle in torso lengths (`ankle_reach`). It grows when the feet slide away.
"""

from __future__ import annotations

import math
from typing import Tuple

from edge_app.exercise.geometry import (
    BOTH,
    MIN_SCORE,
    NAN,
    SIDES,
    Points,
    Scores,
    angle_deg,
    below,
    distance,
    middle,
)
from edge_app.exercise.torso import TorsoLength
from edge_app.skeleton import INDEX
from edge_app.values import Pose

Indices = Tuple[int, ...]

FORM_SCORE = 0.25  # form is judged only by joints with at least this score

# Parameters measured on one side of the body, with the joints they need (without the side).
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
CENTRAL = (
    "trunk_deg",
    "trunk_rise",
    "leg_spread",
    "nose_rise",
    "hands_above_nose",
    "low_wrist_rise",  # of the lower wrist above the shoulders
    "shoulder_twist",  # of the shoulders' line relative to the hips', across the trunk
    "hip_sag",  # how far the hips are below the line from shoulders to ankles; below 0: piked
)
# If the camera is low, tilted or oblique, a height says little, but its change since the person
# rested says much. `baseline.py` measures these.
CHANGING = ("trunk_rise", "thigh_rise", "hip_rise", "wrist_rise")
CHANGES = {f"{name}_change": name for name in CHANGING}
# An angle in the picture is right only if its plane faces the camera. The span of an arm or leg
# that hardly turns while it bends shortens equally from every side, and gives the angle.
BENDS = {"elbow_by_reach_deg": "arm_reach", "knee_by_reach_deg": "ankle_reach"}
PARAMETERS = (*SIDED_ANGLES, *SIDED_DISTANCES, *SIDED_RISES, *CENTRAL, *CHANGES, *BENDS)
# Sided parameters that only judge form need `FORM_SCORE`: the position of a hidden hand is a
# guess, and not a reason to reject a repetition.
ONLY_FORM = ("wrist_at_hip_deg", "wrist_ear")

SHOULDERS_TO_HIPS = 1.5  # distance of the shoulder joints over that of the hip joints
SEEN_ALONG = 1.5  # least distance from shoulders to ankles at which a height shows sagging
ADVANTAGE_S = 0.4  # time constant of how much better one side is seen than the other

# The joint indices of each sided parameter, for both sides.
SIDED_INDEX = {
    name: tuple(tuple(INDEX[f"{side}_{joint}"] for joint in joints) for side in SIDES)
    for name, joints in {**SIDED_ANGLES, **SIDED_DISTANCES, **SIDED_RISES}.items()
}


class ParameterReader:
    """Turns poses into parameters; remembers the torso length and the better seen side.

    Attributes:
        torso_px: the person's torso length after the last pose, NaN before the first.
    """

    def __init__(self) -> None:
        self._torso = TorsoLength()
        self.torso_px = NAN
        self._side: dict[str, int | None] = dict.fromkeys(SIDED_INDEX)  # 0 right, 1 left
        self._advantage = dict.fromkeys(SIDED_INDEX, NAN)  # of the left side, smoothed
        self._t_s = NAN

    def read(self, pose: Pose) -> dict[str, float]:
        """All `PARAMETERS` of one pose; NaN for `CHANGES`, `BENDS` and where a joint is missing.

        Angles are in degrees, everything else in torso lengths.
        """
        # Plain floats: a numpy call on two numbers costs more than the arithmetic of a whole pose.
        pixels, score = pose.xy.tolist(), pose.score.tolist()
        values = dict.fromkeys(PARAMETERS, NAN)
        torso_px = self.torso_px = self._torso.update(pixels, score, pose.t_s)
        if math.isnan(torso_px) or torso_px <= 0:
            return values
        ox, oy = middle(pixels, score, "hip") or (0.0, 0.0)
        xy = [((x - ox) / torso_px, (oy - y) / torso_px) for x, y in pixels]
        share = -math.expm1(-max(0.0, pose.t_s - self._t_s) / ADVANTAGE_S)
        self._t_s = pose.t_s
        for name, (right, left) in SIDED_INDEX.items():
            values[name] = self._sided(name, right, left, xy, score, share)
        values.update(_central(xy, score))
        return values

    def _sided(
        self, name: str, right: Indices, left: Indices, xy: Points, score: Scores, share: float
    ) -> float:
        seen_right, seen_left = min([score[i] for i in right]), min([score[i] for i in left])
        advantage = self._advantage[name]
        if math.isnan(advantage):
            advantage = seen_left - seen_right
        else:
            advantage += share * (seen_left - seen_right - advantage)
        self._advantage[name] = advantage
        # The better side at first; it stays in use until the other has been clearly better for a
        # moment. Nothing prefers the right one: a mirror image gives the same parameters.
        if abs(advantage) > 0.15 or (self._side[name] is None and advantage):
            self._side[name] = int(advantage > 0)
        index, seen = (left, seen_left) if self._side[name] else (right, seen_right)
        if seen < (FORM_SCORE if name in ONLY_FORM else MIN_SCORE):
            return NAN
        if name in SIDED_ANGLES:
            return angle_deg(xy[index[0]], xy[index[1]], xy[index[2]])
        if name in SIDED_DISTANCES:
            return distance(xy[index[0]], xy[index[1]])
        return xy[index[0]][1] - xy[index[1]][1]


def _central(xy: Points, score: Scores) -> dict[str, float]:
    """The parameters without a side; `xy` as in `ParameterReader.read`."""
    values = {}
    shoulder, hip = middle(xy, score, "shoulder"), middle(xy, score, "hip")
    if shoulder is not None and hip is not None:
        dx, dy = shoulder[0] - hip[0], shoulder[1] - hip[1]
        values["trunk_deg"] = abs(math.degrees(math.atan2(dx, dy)))  # 0 upright, 90 horizontal
        values["trunk_rise"] = dy
    wrists = [xy[index][1] for index in BOTH["wrist"] if score[index] >= FORM_SCORE]
    if wrists and shoulder is not None:
        values["low_wrist_rise"] = min(wrists) - shoulder[1]
    ankle = middle(xy, score, "ankle")
    if shoulder is not None and hip is not None and ankle is not None:
        values["hip_sag"] = below(hip, shoulder, ankle, SEEN_ALONG)
    values["shoulder_twist"] = _twist(xy, score)
    right, left = BOTH["ankle"]
    if score[left] >= MIN_SCORE and score[right] >= MIN_SCORE:
        values["leg_spread"] = distance(xy[left], xy[right])
    nose, wrist = INDEX["nose"], middle(xy, score, "wrist")
    if score[nose] >= MIN_SCORE and hip is not None:
        values["nose_rise"] = xy[nose][1] - hip[1]
    if score[nose] >= MIN_SCORE and wrist is not None:
        values["hands_above_nose"] = wrist[1] - xy[nose][1]
    return values


def _twist(xy: Points, score: Scores) -> float:
    """How far the shoulders' line deviates from the hips', across the trunk, torso lengths.

    In an even movement both lines are level. Then they are parallel in the picture from every side,
    and keep the ratio of their lengths.
    """
    joints = [*BOTH["shoulder"], *BOTH["hip"]]
    if min([score[index] for index in joints]) < FORM_SCORE:
        return NAN
    (rx, ry), (lx, ly), (hrx, hry), (hlx, hly) = [xy[index] for index in joints]
    dx, dy = (rx + lx) / 2 - (hrx + hlx) / 2, (ry + ly) / 2 - (hry + hly) / 2
    length = math.hypot(dx, dy)
    if length <= 0:
        return NAN
    off_x = rx - lx - SHOULDERS_TO_HIPS * (hrx - hlx)
    off_y = ry - ly - SHOULDERS_TO_HIPS * (hry - hly)
    return abs(off_x * dy - off_y * dx) / length
