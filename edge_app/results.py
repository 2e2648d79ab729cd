"""What a counted clip leaves behind: JSON with the pose track, CSV, COCO keypoint results."""

from __future__ import annotations

import csv
import json
import math
from typing import Any, Sequence, TextIO

import numpy as np

from edge_app import __version__
from edge_app.exercise.rep import Rep
from edge_app.pose.skeleton import COCO_FROM_OPENPOSE, KEYPOINTS
from edge_app.values import Frame, Pose

CSV_COLUMNS = ("number", "counted", "start_s", "extreme_s", "end_s", "score", "reasons")


def rep_as_dict(rep: Rep) -> dict[str, Any]:
    """A repetition in plain values, times to the millisecond."""
    return {
        "number": rep.number,
        "counted": rep.counted,
        "start_s": round(rep.start_s, 3),
        "extreme_s": round(rep.extreme_s, 3),
        "end_s": round(rep.end_s, 3),
        "score": round(rep.score, 3),
        "reasons": [{"code": r.code, "sentence": r.sentence} for r in rep.reasons],
        "penalty": {
            "total": _number(rep.penalty.total),
            "limit": _number(rep.penalty.limit),
            "parts": {code: _number(v) for code, v in rep.penalty.parts.items()},
        },
        "extremes": {name: _number(v) for name, v in rep.extremes.items()},
    }


def _number(value: float) -> Any:
    """JSON has no NaN: a value that was not there is null."""
    return None if math.isnan(value) else round(value, 3)


class JsonResult:
    """Writes one clip's result while it is made, so that memory does not grow with the clip."""

    def __init__(self, file: TextIO, clip: str, exercise: str, model: str) -> None:
        self._file = file
        head = {
            "made_by": f"edge-reps {__version__}",
            "clip": clip,
            "exercise": exercise,
            "model": model,
            "keypoints": KEYPOINTS,
        }
        self._file.write(json.dumps(head)[:-1] + ',\n"frames": [')
        self._separator = "\n"

    def add(self, pose: Pose, progress: float, parameters: dict[str, float]) -> None:
        """One frame: time, keypoints as x, y, score, the counting signal, the parameters."""
        points = np.column_stack([pose.xy, pose.score]).round(2).ravel()
        frame = {
            "t_s": round(pose.t_s, 4),
            "pose": [float(v) for v in points],
            "progress": _number(progress),
            "parameters": {name: _number(v) for name, v in parameters.items()},
        }
        self._file.write(self._separator + json.dumps(frame))
        self._separator = ",\n"

    def close(self, reps: Sequence[Rep]) -> None:
        """The repetitions, and the end of the document."""
        count = sum(rep.counted for rep in reps)
        rows = ",\n".join(json.dumps(rep_as_dict(rep)) for rep in reps)
        self._file.write(f'\n],\n"count": {count},\n"repetitions": [\n{rows}\n]}}\n')


class CocoResult:
    """Writes poses as COCO keypoint results; the image id is the frame's number."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._separator = "[\n"

    def add(self, frame: Frame, pose: Pose) -> None:
        """One frame's pose, if somebody was seen."""
        score = pose.score[COCO_FROM_OPENPOSE]
        if not score.any():
            return
        points = np.column_stack([pose.xy[COCO_FROM_OPENPOSE], score]).round(2)
        row = {
            "image_id": frame.index,
            "category_id": 1,
            "keypoints": [float(v) for v in points.ravel()],
            "score": round(float(score.mean()), 4),
        }
        self._file.write(self._separator + json.dumps(row))
        self._separator = ",\n"

    def close(self) -> None:
        """The end of the document."""
        self._file.write("[]\n" if self._separator == "[\n" else "\n]\n")


def write_csv(file: TextIO, reps: Sequence[Rep]) -> None:
    """One row a repetition."""
    writer = csv.writer(file)
    writer.writerow(CSV_COLUMNS)
    for rep in reps:
        row = rep_as_dict(rep)
        row["reasons"] = " ".join(r.code for r in rep.reasons)
        writer.writerow([row[column] for column in CSV_COLUMNS])


def rep_line(rep: Rep) -> str:
    """One line a repetition, as the command prints it."""
    span = f"{rep.start_s:7.2f} – {rep.end_s:6.2f} s"
    said = "; ".join(r.sentence for r in rep.reasons)
    verdict = f"score {rep.score:.2f}" if rep.counted else "REJECTED "
    parts: list[str] = [f"{rep.number:3d}  {span}  {verdict}", said]
    return "  ".join(p for p in parts if p).rstrip()
