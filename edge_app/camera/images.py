"""A folder of pictures as a camera."""

from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from edge_app.camera.contract import Address, Capture, Shot
from edge_app.camera.decoder import too_large
from edge_app.camera.pace import Pace
from edge_app.errors import InputError

LOG = logging.getLogger(__name__)

PICTURES_PER_S = 5.0
SUFFIXES = (".jpg", ".jpeg", ".png")


def parse(kind: str, place: str) -> Address:
    """The address of a folder.

    Raises:
        InputError: the folder's path is missing.
    """
    if not place:
        raise InputError(f"'{kind}:' needs the path of a folder")
    return Address(kind, place)


def open_address(address: Address) -> Capture:
    """Opens a folder; raises InputError if no picture is in it."""
    return ImagesCapture(Path(address.place))


class ImagesCapture:
    """The pictures of a folder in order of name, five per second, in a loop.

    One that cannot be read is left out, with a warning in the log.

    Raises:
        InputError: there are none.
    """

    live, every = False, False

    def __init__(self, folder: Path, pace: Pace | None = None) -> None:
        there = folder.iterdir() if folder.is_dir() else iter(())
        self._paths = sorted(p for p in there if p.suffix.lower() in SUFFIXES)
        if not self._paths:
            raise InputError(f"no pictures in {folder}")
        self._shown, self._pace = 0, pace or Pace()

    def read(self) -> Shot | None:
        while self._paths:
            path = self._paths[self._shown % len(self._paths)]
            try:
                image = _read(path)
            except InputError as exc:
                LOG.warning("%s", exc)
                self._paths.remove(path)
                continue
            self._pace.wait(self._shown / PICTURES_PER_S)
            self._shown += 1
            return Shot(image)
        return None

    def close(self) -> None:
        """Nothing to close."""


def _read(path: Path) -> np.ndarray:
    """A picture as (h, w, 3) uint8, BGR, turned as its tag asks for."""
    try:
        with Image.open(path) as head:
            width, height = head.size
    except (OSError, ValueError, Image.DecompressionBombError) as exc:
        raise InputError(f"cannot read {path}: it is not a picture") from exc
    said = too_large(width, height)
    if said:
        raise InputError(f"cannot read {path}: {said}")
    image = cv2.imread(str(path))
    if image is None:
        raise InputError(f"cannot read {path}: it is damaged")
    return image
