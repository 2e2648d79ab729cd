"""Reads a calibration set: inputs of the network as pictures, with their hashes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import cv2
import numpy as np

from edge_app.errors import InputError
from edge_app.pose.preprocess import letterbox, preprocess
from edge_app.tools.collect import MANIFEST

SHIPPED = Path(__file__).parent / "set"


def load_set(folder: Path, input_hw: tuple[int, int]) -> tuple[np.ndarray, str]:
    """All pictures of a set as inputs of a network, and the hash of the set.

    Args:
        folder: with manifest.json and the pictures it lists.
        input_hw: height and width of the network's input in pixels.

    Returns:
        (pictures, 1, 3, h, w) float32, and the SHA-256 of the pictures' own hashes in order.

    Raises:
        InputError: there is no set, or a picture is missing or differs from the manifest.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        rows = [(row["file"], row["sha256"]) for row in manifest["pictures"]]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise InputError(f"{folder} is not a calibration set: {exc}") from exc
    if not rows:
        raise InputError(f"the calibration set {folder} is empty")
    blobs = np.empty((len(rows), 1, 3, *input_hw), np.float32)
    whole = hashlib.sha256()
    for blob, (name, expected) in zip(blobs, rows):
        try:
            content = (folder / name).read_bytes()
        except OSError as exc:
            raise InputError(f"the calibration set {folder} lacks {name}") from exc
        if hashlib.sha256(content).hexdigest() != expected:
            raise InputError(f"{folder / name} differs from the picture in the manifest")
        whole.update(expected.encode())
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            raise InputError(f"cannot read {folder / name}: not a picture")
        view = letterbox((picture.shape[0], picture.shape[1]), input_hw)
        preprocess(picture, view, input_hw, blob)
    return blobs, whole.hexdigest()
