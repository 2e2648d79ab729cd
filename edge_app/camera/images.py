"""A folder of pictures as a camera."""

from __future__ import annotations

from pathlib import Path

import cv2

from edge_app.camera.contract import Address, Capture, Shot
from edge_app.camera.pace import Pace
from edge_app.errors import InputError

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
        image = cv2.imread(str(self._paths[self._shown % len(self._paths)]))
        self._pace.wait(self._shown / PICTURES_PER_S)
        self._shown += 1
        return None if image is None else Shot(image)

    def close(self) -> None:
        """Nothing to close."""
