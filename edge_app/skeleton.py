"""The 18 keypoints and 19 limbs of OpenPose, and their relation to COCO's 17 keypoints."""

from __future__ import annotations

import numpy as np

KEYPOINTS = (
    "nose", "neck",
    "right_shoulder", "right_elbow", "right_wrist",
    "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle",
    "left_hip", "left_knee", "left_ankle",
    "right_eye", "left_eye", "right_ear", "left_ear",
)  # fmt: skip
INDEX = {name: i for i, name in enumerate(KEYPOINTS)}

COCO_KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
    "left_wrist", "right_wrist", "left_hip", "right_hip",
    "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip

# For each limb, the two keypoints that its part affinity field joins, from the neck outwards.
LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7),
    (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
    (1, 0), (0, 14), (14, 16), (0, 15), (15, 17), (2, 16), (5, 17),
)  # fmt: skip

STRIDE = 8  # input pixels per cell of the heatmaps

NECK = INDEX["neck"]
COCO_FROM_OPENPOSE = np.array([INDEX[name] for name in COCO_KEYPOINTS])
OPENPOSE_MIRROR = np.array(
    [
        INDEX[
            n.replace("left_", "right_") if n.startswith("left_") else n.replace("right_", "left_")
        ]
        for n in KEYPOINTS
    ]
)


def openpose_from_coco(xy: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Reorders COCO keypoints and puts the neck midway between the shoulders.

    Args:
        xy: (..., 17, 2) coordinates.
        score: (..., 17) scores or visibilities; 0 means missing.

    Returns:
        (..., 18, 2) and (..., 18); the neck has the lower score of the two shoulders.
    """
    out_xy = np.zeros((*xy.shape[:-2], 18, 2), xy.dtype)
    out_score = np.zeros((*score.shape[:-1], 18), score.dtype)
    out_xy[..., COCO_FROM_OPENPOSE, :] = xy
    out_score[..., COCO_FROM_OPENPOSE] = score
    right, left = INDEX["right_shoulder"], INDEX["left_shoulder"]
    out_xy[..., NECK, :] = (out_xy[..., right, :] + out_xy[..., left, :]) / 2
    out_score[..., NECK] = np.minimum(out_score[..., right], out_score[..., left])
    return out_xy, out_score
