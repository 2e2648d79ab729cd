"""Drawn people: ideal heatmaps and fields, without the training code."""

from __future__ import annotations

import numpy as np

from edge_app.skeleton import KEYPOINTS, LIMBS, STRIDE

STANDING = {
    "nose": (0, -88), "neck": (0, -70),
    "right_shoulder": (-18, -68), "right_elbow": (-28, -40), "right_wrist": (-30, -12),
    "left_shoulder": (18, -68), "left_elbow": (30, -42), "left_wrist": (34, -14),
    "right_hip": (-11, -10), "right_knee": (-14, 32), "right_ankle": (-15, 72),
    "left_hip": (11, -10), "left_knee": (13, 33), "left_ankle": (16, 73),
    "right_eye": (-4, -92), "left_eye": (4, -92), "right_ear": (-9, -89), "left_ear": (9, -89),
}  # fmt: skip


def standing(x: float, y: float, scale: float = 1.0, turn_deg: float = 0.0) -> np.ndarray:
    """(18, 2) keypoints of a person whose centre is at (x, y); turned clockwise."""
    xy = np.array([STANDING[name] for name in KEYPOINTS], float) * scale
    cos, sin = np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))
    return xy @ np.array([[cos, sin], [-sin, cos]]) + (x, y)


def draw(people: list[np.ndarray], size: int = 256, sigma: float = 7.0) -> tuple:
    """Heatmaps (19, h, w) and fields (38, h, w) that show the people exactly."""
    cells = size // STRIDE
    at = (np.arange(cells) + 0.5) * STRIDE - 0.5
    gx, gy = np.meshgrid(at, at)
    heatmaps = np.zeros((19, cells, cells), np.float32)
    fields = np.zeros((38, cells, cells), np.float32)
    for xy in people:
        for kind, (x, y) in enumerate(xy):
            gauss = np.exp(-((gx - x) ** 2 + (gy - y) ** 2) / (2 * sigma**2))
            heatmaps[kind] = np.maximum(heatmaps[kind], gauss)
        for limb, (a, b) in enumerate(LIMBS):
            vector = xy[b] - xy[a]
            length = np.hypot(*vector)
            ux, uy = vector / length
            along = (gx - xy[a][0]) * ux + (gy - xy[a][1]) * uy
            across = np.abs((gx - xy[a][0]) * uy - (gy - xy[a][1]) * ux)
            inside = (across <= 8) & (along > -8) & (along < length + 8)
            fields[2 * limb][inside], fields[2 * limb + 1][inside] = ux, uy
    heatmaps[18] = 1 - heatmaps[:18].max(0)
    return heatmaps, fields
