"""Poses as COCO keypoint results, which every pose tool reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from edge_app.pipeline.update import Result, Update
from edge_app.sinks.files import FileSink
from edge_app.skeleton import COCO_FROM_OPENPOSE


class CocoSink(FileSink):
    """Writes one lane's poses as COCO keypoint results; the image id is the frame's index.

    Args:
        path: of the .json.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._separator = "[\n"

    def update(self, update: Update) -> None:
        """Writes one frame's pose, if somebody was seen."""
        score = update.pose.score[COCO_FROM_OPENPOSE]
        if not score.any():
            return
        points = np.column_stack([update.pose.xy[COCO_FROM_OPENPOSE], score]).round(2)
        row = {
            "image_id": update.frame.index,
            "category_id": 1,
            "keypoints": [float(v) for v in points.ravel()],
            "score": round(float(score.mean()), 4),
        }
        self._file.write(self._separator + json.dumps(row))
        self._separator = ",\n"

    def finish(self, result: Result) -> None:
        """Writes the end of the document."""
        self._file.write("[]\n" if self._separator == "[\n" else "\n]\n")
