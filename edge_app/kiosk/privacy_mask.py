"""Makes everything but the student's body unrecognisable, so that a video can be kept."""

from __future__ import annotations

import cv2
import numpy as np

from edge_app.pose.person import Person
from edge_app.pose.views import head_of
from edge_app.skeleton import INDEX, LIMBS, NECK
from edge_app.values import Pose

PATCHES = 24  # across the wider side: a face covers one or two of them
LIMB_WIDTH = 0.42  # torso lengths that stay visible around each bone
BONES = tuple((a, b) for a, b in LIMBS if a not in (0, 14, 15) and b not in (0, 14, 15, 16, 17))
TORSO = tuple(INDEX[n] for n in ("right_shoulder", "left_shoulder", "left_hip", "right_hip"))


def mask_all_but(image: np.ndarray, pose: Pose) -> np.ndarray:
    """The picture as coarse patches, except over the student's limbs and trunk; masks the head.

    A helper's face is masked unless it lies over the student's own body. If nobody is seen,
    everything is masked.

    Args:
        image: (height, width, 3) uint8.
        pose: of the student, in its pixels.
    """
    height, width = image.shape[:2]
    scale = PATCHES / max(height, width)
    few = (max(1, round(width * scale)), max(1, round(height * scale)))
    coarse = cv2.resize(image, few, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    body = _body(pose, (height, width))
    return np.where(body[..., None] > 0, image, coarse)


def _body(pose: Pose, hw: tuple[int, int]) -> np.ndarray:
    """(height, width) uint8, above 0 where the body may be seen."""
    mask = np.zeros(hw, np.uint8)
    person = Person(pose.xy, pose.score)
    torso = person.torso()
    if torso is None:
        return mask
    torso_px = max(float(np.hypot(*torso)), 0.25 * person.extent_px)
    thick = max(1, round(LIMB_WIDTH * torso_px))
    at = np.round(pose.xy).astype(int)
    for a, b in BONES:
        if person.found[a] and person.found[b]:
            cv2.line(mask, tuple(at[a].tolist()), tuple(at[b].tolist()), 255, thick)
    corners = [at[i] for i in TORSO if person.found[i]]
    if len(corners) >= 3:
        cv2.fillPoly(mask, [cv2.convexHull(np.array(corners))], 255)
    for x, y, radius in head_of(person):
        # No further than the neck: a lying student's shoulders lie beside the head.
        reach = max(1.15 * radius, 0.6 * float(np.hypot(*(person.xy[NECK] - (x, y)))))
        cv2.circle(mask, (round(x), round(y)), round(reach), 0, -1)
    return mask
