"""Small data sets made for tests."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from edge_app.skeleton import COCO_KEYPOINTS

RNG = np.random.default_rng(3)
BODY = np.array(
    [
        [60, 20], [58, 18], [62, 18], [56, 19], [64, 19], [50, 34], [70, 34], [46, 52], [74, 52],
        [44, 68], [76, 68], [54, 70], [66, 70], [53, 90], [67, 90], [52, 110], [68, 110],
    ],
    float,
)  # fmt: skip


def write_set(
    folder: Path,
    count: int = 4,
    unsure: tuple[str, ...] = (),
    size: tuple[int, int] = (128, 120),
    held_out: int = 0,
) -> None:
    """A data set of noise with the same body in each picture, the first few for "val"."""
    (folder / "images").mkdir(parents=True)
    images, annotations = [], []
    for number in range(count):
        name = f"{number}.jpg"
        picture = RNG.integers(0, 255, (*size, 3), np.uint8)
        cv2.imwrite(str(folder / "images" / name), picture)
        visible = np.array([0 if n in unsure else 2 for n in COCO_KEYPOINTS])
        scale = size[0] / 128
        points = np.column_stack([scale * BODY * (visible[:, None] > 0), visible])
        split = "val" if number < held_out else "train"
        images.append({"id": number, "file_name": name, "split": split})
        annotations.append(
            {
                "id": number + 1, "image_id": number, "category_id": 1,
                "bbox": [40 * scale, 12 * scale, 40 * scale, 102 * scale],
                "keypoints": points.ravel().tolist(), "num_keypoints": int((visible > 0).sum()),
                "unsure_joints": list(unsure), "area": 4080, "iscrowd": 0,
            }
        )  # fmt: skip
    categories = [{"id": 1, "name": "person", "keypoints": list(COCO_KEYPOINTS)}]
    content = {"images": images, "annotations": annotations, "categories": categories}
    (folder / "annotations.json").write_text(json.dumps(content))
