"""Contact sheets of pictures with their labels and what a network found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from edge_app.files import whole_file
from edge_app.pose.person import Person
from edge_app.sinks.video.skeleton import draw_pose
from edge_app.skeleton import INDEX
from edge_app.values import Pose

from .datasets import Sample, read_picture
from .detectors import Detector
from .scores import Pck, closeness

TILE_PX = 240
COLUMNS = 8
LEFT, RIGHT = (80, 255, 80), (255, 60, 255)  # BGR, of the labelled keypoints: green, magenta
WORD, EDGE = (255, 255, 255), (0, 0, 0)


def contact_sheet(result: Pck, detect: Detector, out: Path) -> None:
    """Three rows: the pictures with the highest, middle and lowest share of keypoints found."""
    score = result.right.sum(1) / np.maximum(result.labelled.sum(1), 1)
    order = np.argsort(-score, kind="stable")
    middle = max(0, len(order) // 2 - COLUMNS // 2)
    rows = [order[:COLUMNS], order[middle : middle + COLUMNS], order[-COLUMNS:]]
    sheet = np.zeros((TILE_PX * len(rows), TILE_PX * COLUMNS, 3), np.uint8)
    for y, row in enumerate(rows):
        for x, number in enumerate(row):
            sample = result.samples[number]
            best = max(detect(sample.image), key=lambda p: closeness(p, sample), default=None)
            tile = _tile(sample, [] if best is None else [best], f"{score[number]:.2f}")
            sheet[y * TILE_PX :, x * TILE_PX :][:TILE_PX, :TILE_PX] = tile
    _write(sheet, out)


def numbered_sheet(tiles: Sequence[tuple[Sample, list[Person], str]], out: Path) -> None:
    """Pictures in the order given, each with its number from 0, a word, and everybody found."""
    rows = -(-len(tiles) // COLUMNS)
    sheet = np.zeros((TILE_PX * rows, TILE_PX * COLUMNS, 3), np.uint8)
    for number, (sample, people, word) in enumerate(tiles):
        y, x = divmod(number, COLUMNS)
        tile = _tile(sample, people, f"{number}: {word}")
        sheet[y * TILE_PX :, x * TILE_PX :][:TILE_PX, :TILE_PX] = tile
    _write(sheet, out)


def _tile(sample: Sample, people: list[Person], word: str) -> np.ndarray:
    """Labels as dots, the left side green, and the people found: (TILE_PX, TILE_PX, 3)."""
    image = read_picture(sample.image)
    scale = TILE_PX / max(image.shape[:2])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for person in people:
        draw_pose(small, Pose(person.xy.astype(np.float32), person.score, 0.0), scale)
    for xy, present in zip(sample.xy, sample.present):
        for name, number in INDEX.items():
            if present[number]:
                x, y = (int(v * scale) for v in xy[number])
                cv2.circle(small, (x, y), 4, EDGE, -1, cv2.LINE_AA)
                colour = RIGHT if name.startswith("right") else LEFT
                cv2.circle(small, (x, y), 3, colour, -1, cv2.LINE_AA)
    tile = np.zeros((TILE_PX, TILE_PX, 3), np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small[:TILE_PX, :TILE_PX]
    for colour, thick in ((EDGE, 4), (WORD, 2)):
        cv2.putText(tile, word, (6, 20), 0, 0.6, colour, thick)
    return tile


def _write(sheet: np.ndarray, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as part:
        cv2.imwrite(str(part), sheet)
