"""The pictures for comparing networks, and the file of a peer's detections.

Runs in a peer's own environment: needs numpy, OpenCV and the standard library only.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable, Iterable

import numpy as np

from edge_app.files import whole_file
from models.datasets import Source, load_source, read_picture

SETS = (
    Source("exercise_frames"),
    Source("lspet"),
    Source("coco_val"),
    Source("negatives", people="none"),
)  # the same as in movenet.mjs


def held_out(data: Path) -> dict[str, Path]:
    """The validation pictures of all sets by "set folder/file name".

    Raises:
        InputError: a data set is missing or damaged.
    """
    return {
        f"{source.path}/{sample.image.name}": sample.image
        for source in SETS
        for sample in load_source(data, source, "val")
    }


def write_people(
    out: Path, detector: str, data: Path, find: Callable[[np.ndarray], np.ndarray]
) -> None:
    """Writes a peer's detections for every picture.

    Args:
        out: the JSON file.
        detector: name, version and input size of the peer.
        data: the folder of the data sets.
        find: from a (height, width, 3) uint8 BGR picture to (people, 17, 3): x, y in its pixels and
            score, COCO's keypoints in COCO's order.

    Raises:
        InputError: a data set or a picture cannot be read, or the file cannot be written.
    """
    with whole_file(out) as beside:
        pictures = {
            name: np.round(find(read_picture(path)).astype(float), 3).reshape(-1, 51).tolist()
            for name, path in _with_progress(list(held_out(data).items()))
        }
        beside.write_text(json.dumps({"detector": detector, "pictures": pictures}) + "\n")


def _with_progress(items: list[tuple[str, Path]]) -> Iterable[tuple[str, Path]]:
    try:
        from tqdm import tqdm
    except ImportError:
        return items
    return tqdm(items, unit="picture")
