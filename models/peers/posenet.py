"""Detections of PoseNet: `python -m models.peers.posenet --data DATA --posenet JSON --out FILE`.

PoseNet's own heads on the backbone from which ours starts, and its published decoding of several
people (Papandreou et al. 2018, as in the npm package @tensorflow-models/pose-detection).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Callable

import cv2
import numpy as np
import torch

from edge_app.errors import InputError
from edge_app.pose.preprocess import letterbox, preprocess
from edge_app.skeleton import STRIDE
from models.command import tool
from models.network import LightweightOpenPose
from models.posenet import load_posenet

from .pictures import write_people

POINTS = 17
# From parent to child, as COCO indices in the order of the displacements.
EDGES = (
    (0, 1), (1, 3), (0, 2), (2, 4), (0, 5), (5, 7), (7, 9), (5, 11), (11, 13), (13, 15),
    (0, 6), (6, 8), (8, 10), (6, 12), (12, 14), (14, 16),
)  # fmt: skip
THRESHOLD = 0.5  # lowest score of a person's first keypoint, as published
NMS_PX = 20.0
REFINEMENTS = 2
MOST_PEOPLE = 20  # published: 5, too few for some pictures of COCO


class Heads:
    """The output of PoseNet's heads for one picture, all in input pixels as (y, x)."""

    def __init__(self, raw: np.ndarray) -> None:
        """Takes (115, h, w): 17 logits, 34 offsets, 32 forward and 32 backward displacements."""
        edges = len(EDGES)
        self.scores = 1 / (1 + np.exp(-raw[:POINTS]))
        offsets, forward, backward = np.split(raw[POINTS:], [2 * POINTS, 2 * (POINTS + edges)])
        self.offsets = offsets.reshape(2, POINTS, *raw.shape[1:])
        self.forward = forward.reshape(2, edges, *raw.shape[1:])
        self.backward = backward.reshape(2, edges, *raw.shape[1:])

    def cell_near(self, point: np.ndarray) -> tuple[int, int]:
        """Row and column."""
        row, column = np.clip(np.rint(point / STRIDE), 0, np.array(self.scores.shape[1:]) - 1)
        return int(row), int(column)

    def point_at(self, keypoint: int, cell: tuple[int, int]) -> np.ndarray:
        """The keypoint's position by the cell's offset."""
        return STRIDE * np.array(cell) + self.offsets[:, keypoint, cell[0], cell[1]]

    def step(
        self, start: np.ndarray, displacement: np.ndarray, to: int
    ) -> tuple[np.ndarray, float]:
        """Position and score of the keypoint along one edge, refined by its offsets.

        Args:
            start: (2,) the keypoint the edge begins at.
            displacement: (2, h, w) of the edge.
            to: the keypoint the edge ends at.
        """
        row, column = self.cell_near(start)
        point = start + displacement[:, row, column]
        for _ in range(REFINEMENTS):
            point = self.point_at(to, self.cell_near(point))
        row, column = self.cell_near(point)
        return point, self.scores[to, row, column]

    def grow(self, root: int, cell: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Grows a person from one keypoint: (17, 2) positions and (17,) scores."""
        points, scores = np.zeros((POINTS, 2)), np.zeros(POINTS)
        points[root], scores[root] = self.point_at(root, cell), self.scores[root][cell]
        known = {root}
        for edge, (parent, child) in reversed(list(enumerate(EDGES))):
            if child in known and parent not in known:
                points[parent], scores[parent] = self.step(
                    points[child], self.backward[:, edge], parent
                )
                known.add(parent)
        for edge, (parent, child) in enumerate(EDGES):
            if parent in known and child not in known:
                points[child], scores[child] = self.step(
                    points[parent], self.forward[:, edge], child
                )
                known.add(child)
        return points, scores


def decode(raw: np.ndarray, threshold: float = THRESHOLD) -> np.ndarray:
    """(people, 17, 3): x, y in input pixels and score, from the heads' (115, h, w).

    Every local maximum of the heatmaps, the highest first, grows into a person unless the same
    keypoint of an earlier person is within 20 pixels.
    """
    heads = Heads(raw)
    maps = heads.scores.transpose(1, 2, 0)
    highest = cv2.dilate(maps, np.ones((3, 3))).transpose(2, 0, 1)
    peaks = np.argwhere((heads.scores >= threshold) & (heads.scores == highest))
    order = np.argsort(-heads.scores[tuple(peaks.T)], kind="stable")
    people: list[tuple[np.ndarray, np.ndarray]] = []
    for root, row, column in peaks[order].tolist():
        point = heads.point_at(root, (row, column))
        if any(np.linalg.norm(points[root] - point) <= NMS_PX for points, _ in people):
            continue
        people.append(heads.grow(root, (row, column)))
        if len(people) == MOST_PEOPLE:
            break
    return np.array(
        [np.column_stack([points[:, ::-1], scores]) for points, scores in people]
    ).reshape(-1, POINTS, 3)


def open_posenet(path: Path, size: int, threshold: float) -> Callable[[np.ndarray], np.ndarray]:
    """The function that finds (people, 17, 3) in a BGR picture.

    Raises:
        InputError: no PoseNet at this path, or the size is not a multiple of the stride.
    """
    if size <= 0 or size % STRIDE:
        raise InputError(f"the size must be a multiple of {STRIDE}, not {size}")
    network = LightweightOpenPose()
    load_posenet(network, path)
    network.eval()

    @torch.inference_mode()
    def find(picture: np.ndarray) -> np.ndarray:
        view = letterbox((picture.shape[0], picture.shape[1]), (size, size))
        blob = torch.from_numpy(preprocess(picture, view, (size, size)))
        people = decode(network.prior.head(network.backbone(blob))[0].numpy(), threshold)
        people[..., :2] = view.to_image(people[..., :2])
        return people

    return find


@tool("posenet")
def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m models.peers.posenet", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--posenet", type=Path, required=True, help="posenet.json")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--size", type=int, default=256, help="side of the input in pixels (default: %(default)s)"
    )
    parser.add_argument(
        "--threshold",
        type=float,
        default=THRESHOLD,
        help="lowest score of a person (default: %(default)s)",
    )
    args = parser.parse_args(argv)
    find = open_posenet(args.posenet, args.size, args.threshold)
    detector = f"PoseNet MobileNetV1 0.75 stride 8, threshold {args.threshold}, {args.size}"
    write_people(args.out, detector, args.data, find)
    return 0


if __name__ == "__main__":
    sys.exit(main())
