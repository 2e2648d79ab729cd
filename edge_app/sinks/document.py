"""What a counted clip leaves behind: JSON with the pose track, CSV, COCO keypoint results."""

from __future__ import annotations

import csv
import json
import math
from typing import Any, TextIO

import numpy as np

from edge_app import __version__
from edge_app.session.attempt import Attempt, Verdict
from edge_app.skeleton import COCO_FROM_OPENPOSE, KEYPOINTS
from edge_app.values import STORED_DIGITS, Frame, Pose

CSV_COLUMNS = ("number", "counted", "start_s", "extreme_s", "end_s", "score", "reasons")


def verdict_as_dict(verdict: Verdict) -> dict[str, Any]:
    """A repetition and what the protocol says of it in plain values, times to the millisecond."""
    rep = verdict.rep
    return {
        "number": rep.number,
        "counted": verdict.counted,
        "fault": verdict.fault,
        "count": verdict.score,
        "start_s": round(rep.start_s, 3),
        "extreme_s": round(rep.extreme_s, 3),
        "end_s": round(rep.end_s, 3),
        "score": round(rep.score, 3),
        "value": rep.value,
        "reasons": [{"code": r.code, "sentence": r.sentence} for r in verdict.reasons],
        "penalty": {
            "total": _number(rep.penalty.total),
            "limit": _number(rep.penalty.limit),
            "parts": {code: _number(v) for code, v in rep.penalty.parts.items()},
        },
        "extremes": {name: _number(v) for name, v in rep.extremes.items()},
    }


def _number(value: float) -> Any:
    """JSON has no NaN and no infinity: a value or a limit that is not there is null."""
    return round(value, 3) if math.isfinite(value) else None


class JsonResult:
    """Writes one clip's result while it is made, so that memory does not grow with the clip."""

    def __init__(self, file: TextIO, clip: str, exercise: str, protocol: str, model: str) -> None:
        self._file = file
        head = {
            "made_by": f"edge-reps {__version__}",
            "clip": clip,
            "exercise": exercise,
            "protocol": protocol,
            "model": model,
            "keypoints": KEYPOINTS,
        }
        self._file.write(json.dumps(head)[:-1] + ',\n"frames": [')
        self._separator = "\n"

    def add(self, pose: Pose, progress: float, parameters: dict[str, float]) -> None:
        """One frame: time, keypoints as x, y, score, the counting signal, the parameters.

        Poses and times are stored as they were counted, so that a replay gives the same result.
        """
        points = np.column_stack([pose.xy, pose.score]).astype(np.float64).round(STORED_DIGITS)
        frame = {
            "t_s": pose.t_s,
            "pose": points.ravel().tolist(),
            "progress": _number(progress),
            "parameters": {name: _number(v) for name, v in parameters.items()},
        }
        self._file.write(self._separator + json.dumps(frame))
        self._separator = ",\n"

    def close(self, attempt: Attempt | None) -> None:
        """What became of the attempt, None for a clip without frames; the end of the document."""
        verdicts = attempt.verdicts if attempt else []
        rows = ",\n".join(json.dumps(verdict_as_dict(v)) for v in verdicts)
        count = attempt.score if attempt else 0
        ended = json.dumps(attempt.ended if attempt else "")
        self._file.write(
            f'\n],\n"count": {count},\n"ended": {ended},\n"repetitions": [\n{rows}\n]}}\n'
        )


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


def write_csv(file: TextIO, attempt: Attempt | None) -> None:
    """One row a repetition."""
    writer = csv.writer(file)
    writer.writerow(CSV_COLUMNS)
    for verdict in attempt.verdicts if attempt else ():
        row = verdict_as_dict(verdict)
        row["reasons"] = " ".join(r.code for r in verdict.reasons)
        writer.writerow([row[column] for column in CSV_COLUMNS])


def rep_line(verdict: Verdict) -> str:
    """One line a repetition, as the command prints it."""
    rep = verdict.rep
    span = f"{rep.start_s:7.2f} – {rep.end_s:6.2f} s"
    said = " ".join(r.sentence for r in verdict.reasons)
    judged = f"score {rep.score:.2f}" if verdict.counted else "REJECTED "
    parts: list[str] = [f"{rep.number:3d}  {span}  {judged}", said]
    return "  ".join(p for p in parts if p).rstrip()
