"""Pictures for TensorRT's own INT8 calibration (8.2 to 10), and its cache with a header."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pose.preprocess import letterbox, preprocess
from edge_app.runtime.tensorrt.sidecar import file_sha256

SUFFIXES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True)
class Calibration:
    """Pictures in a fixed order, and the hash over all of them."""

    paths: tuple[Path, ...]
    sha256: str

    def blobs(self, input_hw: tuple[int, int]) -> np.ndarray:
        """(n, 3, h, w) float32, through the device's own preprocessing."""
        blobs = np.empty((len(self.paths), 3, *input_hw), np.float32)
        for path, blob in zip(self.paths, blobs):
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if image is None:
                raise InputError(f"cannot read {path}: not a picture")
            view = letterbox((image.shape[0], image.shape[1]), input_hw)
            preprocess(image, view, input_hw, blob[None])
        return blobs


def read_pictures(folder: Path) -> Calibration:
    """The pictures of a folder.

    Raises:
        InputError: there are none.
    """
    paths = sorted(p for p in folder.glob("*") if p.suffix.lower() in SUFFIXES)
    if not paths:
        raise InputError(f"no pictures in {folder} ({', '.join(SUFFIXES)})")
    digest = hashlib.sha256("".join(file_sha256(p) for p in paths).encode())
    return Calibration(tuple(paths), digest.hexdigest())


def write_cache(path: Path, raw: Path, key: dict[str, str]) -> None:
    """TensorRT's cache after a header line with its origin and the hash of its content."""
    content = raw.read_bytes()
    head = {**key, "sha256": hashlib.sha256(content).hexdigest()}
    with whole_file(path) as part:
        part.write_bytes(json.dumps(head).encode() + b"\n" + content)


def read_cache(path: Path, raw: Path, key: dict[str, str]) -> None:
    """Puts a cache of an earlier build where TensorRT reads it; does nothing if there is none.

    TensorRT itself silently accepts ranges of another network or version (its issue 3612).

    Raises:
        InputError: the cache is damaged, or belongs to another model, TensorRT or set of pictures.
    """
    if not path.exists():
        return
    line, _, content = path.read_bytes().partition(b"\n")
    remedy = "delete it to calibrate again"
    try:
        head = dict(json.loads(line))
        sound = head.pop("sha256") == hashlib.sha256(content).hexdigest()
    except (ValueError, KeyError, TypeError) as exc:
        raise InputError(f"{path} is not a calibration cache of edge-reps: {remedy}") from exc
    if not sound:
        raise InputError(f"{path} is damaged: {remedy}")
    for name, value in key.items():
        if head.get(name) != value:
            what = name.replace("_sha256", "")
            raise InputError(f"{path} was made for another {what}: {remedy}")
    raw.write_bytes(content)
