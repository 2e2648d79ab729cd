"""The result document: repetitions, parameters over time and the pose track, as JSON.

Written during the count, so that memory does not grow with the clip, and read by `reps replay`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

import numpy as np

from edge_app import __version__
from edge_app.errors import InputError
from edge_app.pipeline.build import Rules, rules_of
from edge_app.pipeline.update import Result, Update
from edge_app.session.attempt import Verdict
from edge_app.session.protocol import FREE_PRACTICE
from edge_app.sinks.files import FileSink
from edge_app.skeleton import KEYPOINTS
from edge_app.texts import Pairs, read_text, strict_json
from edge_app.values import STORED_DIGITS, Pose, finite

MOST_BYTES = 250_000_000  # of a document that is read: some three hours at 25 frames a second


def verdict_as_dict(verdict: Verdict) -> dict[str, Any]:
    """A repetition and its verdict in plain values, times to the millisecond."""
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
            "total": finite(rep.penalty.total),
            "limit": finite(rep.penalty.limit),
            "parts": {code: finite(v) for code, v in rep.penalty.parts.items()},
        },
        "extremes": {name: finite(v) for name, v in rep.extremes.items()},
    }


def document_head(
    made_by: str, exercise: str, protocol: str, model: str, **of: str
) -> dict[str, Any]:
    """The document's header before the frames; `of` names their origin: a clip, an attempt id."""
    return {
        "made_by": made_by, **of, "exercise": exercise, "protocol": protocol, "model": model,
        "keypoints": KEYPOINTS,
    }  # fmt: skip


def frame_as_dict(pose: Pose, progress: float, parameters: Mapping[str, float]) -> dict[str, Any]:
    """One frame: time, keypoints as x, y, score, the counting signal, the parameters.

    Poses and times are stored as counted, so that a replay gives the same result.
    """
    points = np.column_stack([pose.xy, pose.score]).astype(np.float64).round(STORED_DIGITS)
    return {
        "t_s": pose.t_s,
        "pose": points.ravel().tolist(),
        "progress": finite(progress),
        "parameters": {name: finite(v) for name, v in parameters.items()},
    }


class JsonSink(FileSink):
    """Writes one lane's document.

    Args:
        path: of the file.
        clip: the clip's name.
        exercise, protocol: names for a replay.
        model: the network's file name.
        damage: asked at the end: what of the clip could not be read, "" if nothing.
        sets: asked at the end: name and count of each set, if the exercise was not given.
    """

    def __init__(
        self,
        path: Path,
        clip: str,
        exercise: str,
        protocol: str,
        model: str,
        damage: Callable[[], str] = str,
        sets: Callable[[], Sequence[tuple[str, int]]] = tuple,
    ) -> None:
        super().__init__(path)
        self._damage, self._sets = damage, sets
        head = document_head(f"edge-reps {__version__}", exercise, protocol, model, clip=clip)
        self._file.write(json.dumps(head)[:-1] + ',\n"frames": [')
        self._separator = "\n"

    def update(self, update: Update) -> None:
        """One frame."""
        progress = update.signal.progress if update.signal else math.nan
        frame = frame_as_dict(update.pose, progress, update.parameters)
        self._file.write(self._separator + json.dumps(frame))
        self._separator = ",\n"

    def finish(self, result: Result) -> None:
        """Writes the attempt's result and the end of the document."""
        attempt = result.attempt
        verdicts = attempt.verdicts if attempt else []
        rows = ",\n".join(json.dumps(verdict_as_dict(v)) for v in verdicts)
        ended = json.dumps(attempt.ended if attempt else "")
        damage = self._damage()
        damaged = f'"damage": {json.dumps(damage)},\n' if damage else ""
        sets = [{"exercise": name, "count": count} for name, count in self._sets()]
        told = f'"sets": {json.dumps(sets)},\n' if sets else ""
        self._file.write(
            f'\n],\n"count": {result.score},\n"ended": {ended},\n{damaged}{told}'
            f'"repetitions": [\n{rows}\n]}}\n'
        )


@dataclass(frozen=True)
class Document:
    """The parts of a stored result that a replay needs."""

    exercise: str
    protocol: str
    poses: list[Pose]

    def rules(self) -> Rules:
        """The rules by which it was counted.

        Raises:
            InputError: there is no exercise or protocol of this name.
        """
        free = self.protocol == FREE_PRACTICE
        return rules_of(self.exercise) if free else rules_of(None, self.protocol)


def _compact(pairs: Pairs) -> Any:
    """An object of the document; a frame becomes a pose at once, for an hour of them is large."""
    found = dict(pairs)
    if "pose" not in found or "t_s" not in found:
        return found
    points = np.array(found["pose"], np.float64).reshape(len(KEYPOINTS), 3)
    xy, score = points[:, :2].astype(np.float32), points[:, 2].astype(np.float32)
    return Pose(xy, score, float(found["t_s"]))


def read_document(path: Path) -> Document:
    """Reads a result of `reps count --json`.

    Raises:
        InputError: the file cannot be read, or is not a result of this program.
    """
    try:
        stored = strict_json(read_text(path, MOST_BYTES), _compact)
        if tuple(stored["keypoints"]) != KEYPOINTS:
            raise ValueError("it has other keypoints")
        names = {"exercise": stored["exercise"], "protocol": stored.get("protocol", FREE_PRACTICE)}
        for key, name in names.items():
            if not isinstance(name, str):
                raise ValueError(f"its {key} is {name!r}")
        poses = list(stored["frames"])
        if not all(isinstance(pose, Pose) for pose in poses):
            raise ValueError("one of its frames has no pose")
    except KeyError as exc:
        raise InputError(f"{path} is not a result of `reps count --json`: it has no {exc}") from exc
    except (ValueError, TypeError, AttributeError) as exc:
        raise InputError(f"{path} is not a result of `reps count --json`: {exc}") from exc
    if any(not b.t_s > a.t_s for a, b in zip(poses, poses[1:])):
        raise InputError(f"{path} is damaged: the times of its frames do not increase")
    return Document(poses=poses, **names)
