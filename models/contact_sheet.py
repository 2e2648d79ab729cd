"""Contact sheets of the best, the middle and the worst pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from edge_app.files import whole_file
from edge_app.sinks.video.skeleton import draw_pose
from edge_app.values import Pose

from .datasets import read_picture
from .detectors import Detector
from .scores import Pck, closeness

TILE_PX = 240
COLUMNS = 8
TRUTH = (80, 255, 80)  # BGR, of the labelled keypoints


def contact_sheet(result: Pck, detect: Detector, out: Path) -> None:
    """Three rows: the pictures with the highest, middle and lowest share of keypoints found."""
    score = result.right.sum(1) / np.maximum(result.labelled.sum(1), 1)
    order = np.argsort(-score, kind="stable")
    middle = max(0, len(order) // 2 - COLUMNS // 2)
    rows = [order[:COLUMNS], order[middle : middle + COLUMNS], order[-COLUMNS:]]
    sheet = np.zeros((TILE_PX * len(rows), TILE_PX * COLUMNS, 3), np.uint8)
    for y, row in enumerate(rows):
        for x, number in enumerate(row):
            tile = _tile(result, int(number), detect)
            cv2.putText(tile, f"{score[number]:.2f}", (6, 20), 0, 0.6, (255, 255, 255), 2)
            sheet[y * TILE_PX :, x * TILE_PX :][:TILE_PX, :TILE_PX] = tile
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as part:
        cv2.imwrite(str(part), sheet)


def _tile(result: Pck, number: int, detect: Detector) -> np.ndarray:
    sample = result.samples[number]
    image = read_picture(sample.image)
    scale = TILE_PX / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    best = max(detect(sample.image), key=lambda p: closeness(p, sample), default=None)
    if best is not None:
        draw_pose(small, Pose(best.xy.astype(np.float32), best.score, 0.0), scale)
    for point in sample.xy[0][sample.present[0]]:
        x, y = (int(v * scale) for v in point)
        cv2.circle(small, (x, y), 2, TRUTH, -1, cv2.LINE_AA)
    tile = np.zeros((TILE_PX, TILE_PX, 3), np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small[:TILE_PX, :TILE_PX]
    return tile
