"""Labelled pictures: reads COCO JSON files of several kinds as one list of samples."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from edge_app.errors import InputError
from edge_app.skeleton import COCO_KEYPOINTS, INDEX, KEYPOINTS, NECK, openpose_from_coco

HELD_OUT_EVERY = 4  # of the pictures without people


@dataclass(frozen=True)
class Source:
    """One data set, and the meaning of missing labels in it."""

    path: str  # folder with annotations.json and images/, relative to the data folder
    weight: float = 1.0  # share of the samples drawn from it
    missing: str = (
        "unknown"  # a keypoint without a label: "unknown" (masked) or "absent" (target 0)
    )
    people: str = "one"  # who is labelled: "one" (others are masked), "all" or "none" (no people)

    def __post_init__(self) -> None:
        """Raises InputError for an unknown value."""
        for key, known in (("missing", ("unknown", "absent")), ("people", ("one", "all", "none"))):
            if getattr(self, key) not in known:
                raise InputError(
                    f"the data set {self.path}: '{key}' is '{getattr(self, key)}', not one of "
                    f"{', '.join(known)}"
                )


@dataclass(frozen=True)
class Sample:
    """One picture with the people labelled in it."""

    image: Path
    xy: np.ndarray  # (people, 18, 2) float32, image pixels
    present: np.ndarray  # (people, 18) bool: the keypoint has a label
    known: np.ndarray  # (people, 18) bool: presence or absence is known
    box: np.ndarray  # (people, 4) float32: x, y, width, height
    ignore: np.ndarray  # (boxes, 4) float32: people without keypoints, crowds
    everyone: bool  # every person in the picture is labelled or in `ignore`
    extra: dict = field(default_factory=dict)  # the annotation file's own fields of the image


def _keypoints(annotation: dict, source: Source) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(18, 2) coordinates, (18,) present, (18,) known of one annotation."""
    values = np.asarray(annotation["keypoints"], np.float32).reshape(17, 3)
    xy, visible = openpose_from_coco(values[:, :2], values[:, 2])
    present = visible > 0
    known = present.copy()
    if source.missing == "absent":
        known[:] = True
        unsure = [INDEX[n] for n in annotation.get("unsure_joints", ())]
        known[unsure] = False
        known[NECK] = present[NECK] or not {"right_shoulder", "left_shoulder"} & set(
            annotation.get("unsure_joints", ())
        )
    return xy, present, known


def load_source(data: Path, source: Source, split: str) -> list[Sample]:
    """The samples of one split ("train" or "val") of a data set.

    Images without a `split` field belong to "train", except in sets whose folder ends in `_val`.
    Every fourth picture without people is held out from training.

    Raises:
        InputError: the folder or its annotation file is missing or damaged.
    """
    folder = data / source.path
    if source.people == "none":
        pictures = sorted((folder / "images").glob("*.jpg"))
        if not pictures:
            raise InputError(f"no JPEG in {folder / 'images'}")
        held_out = pictures[::HELD_OUT_EVERY]
        return [_empty(p) for p in pictures if (p in held_out) == (split == "val")]
    try:
        content = json.loads((folder / "annotations.json").read_text())
        names = tuple(content["categories"][0]["keypoints"])
        images, annotations = content["images"], content["annotations"]
    except (OSError, ValueError) as exc:
        raise InputError(f"cannot read the data set {folder}: {exc}") from exc
    except (LookupError, TypeError) as exc:
        raise InputError(f"cannot read the data set {folder}: not a COCO file") from exc
    if names != COCO_KEYPOINTS:
        raise InputError(f"{folder}: its keypoints are not COCO's 17 in COCO's order")
    by_image: dict[int, list[dict]] = {}
    for annotation in annotations:
        by_image.setdefault(annotation["image_id"], []).append(annotation)
    default = "val" if source.path.endswith("_val") else "train"
    return [
        _sample(folder, image, by_image.get(image["id"], []), source)
        for image in images
        if image.get("split", default) == split
    ]


def read_picture(path: Path) -> np.ndarray:
    """(height, width, 3) uint8, BGR.

    Raises:
        InputError: the file is missing or not a picture.
    """
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise InputError(f"cannot read {path}: not a picture")
    return picture


def _empty(path: Path) -> Sample:
    boxes = np.zeros((0, 4), np.float32)
    points = np.zeros((0, len(KEYPOINTS)), bool)
    return Sample(
        path, np.zeros((0, len(KEYPOINTS), 2), np.float32), points, points, boxes, boxes, True
    )


def _sample(folder: Path, image: dict, annotations: list[dict], source: Source) -> Sample:
    people = [a for a in annotations if a.get("num_keypoints", 0) > 0 and not a.get("iscrowd")]
    others = [a for a in annotations if not (a.get("num_keypoints", 0) > 0) or a.get("iscrowd")]
    # Annotations without keypoints, and people found in addition to the labelled one.
    ignored = [a["bbox"] for a in others] + [b for a in people for b in a.get("ignore_boxes", ())]
    joints = [_keypoints(a, source) for a in people]
    stack = len(KEYPOINTS)
    return Sample(
        folder / "images" / image["file_name"],
        np.array([j[0] for j in joints], np.float32).reshape(-1, stack, 2),
        np.array([j[1] for j in joints], bool).reshape(-1, stack),
        np.array([j[2] for j in joints], bool).reshape(-1, stack),
        np.array([a["bbox"] for a in people], np.float32).reshape(-1, 4),
        np.array(ignored, np.float32).reshape(-1, 4),
        source.people == "all",
        {**image, "annotations": annotations},
    )
