"""Ways to find the people in a still picture: one look, the device's looks, or a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from edge_app.errors import InputError
from edge_app.pose.person import Person
from edge_app.pose.still import find_people, one_look
from edge_app.runtime.contract import Backend
from edge_app.skeleton import openpose_from_coco

from .datasets import read_picture

Detector = Callable[[Path], "list[Person]"]


def whole_look(backend: Backend) -> Detector:
    """One look at the whole picture, upright, as papers measure."""
    return lambda path: one_look(read_picture(path), backend)


def as_the_device(backend: Backend) -> Detector:
    """Search and close looks, as the device does over several frames."""
    return lambda path: find_people(read_picture(path), backend)


def read_detections(path: Path, data: Path) -> Detector:
    """The detections of another program: JSON as written by the scripts in models/peers.

    Raises:
        InputError: the file cannot be read, or lacks a requested picture.
    """
    try:
        pictures = json.loads(path.read_text())["pictures"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise InputError(f"{path} is not a file of detections: {exc}") from exc

    def detect(picture: Path) -> list[Person]:
        key = f"{picture.parent.parent.relative_to(data)}/{picture.name}"
        if key not in pictures:
            raise InputError(f"{path} has no entry for {key}")
        people = np.array(pictures[key], np.float32).reshape(-1, 17, 3)
        xy, score = openpose_from_coco(people[..., :2], people[..., 2])
        return [Person(p, s) for p, s in zip(xy, score)]

    return detect
