"""`reps replay`: the result of a stored pose track, without its video."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from edge_app.cli.count import result_line
from edge_app.errors import InputError
from edge_app.exercise.build import open_counter, title_of
from edge_app.files import whole_file
from edge_app.pipeline.run import Step, count
from edge_app.session.examiner import Examiner
from edge_app.session.protocol import FREE_PRACTICE, open_protocol
from edge_app.sinks.document import rep_line
from edge_app.skeleton import KEYPOINTS
from edge_app.values import Frame, Pose

NO_PICTURE = np.empty((0, 0, 3), np.uint8)


def read_result(path: Path) -> tuple[dict[str, Any], list[Pose]]:
    """What `reps count --json` wrote: the document and its poses.

    Raises:
        InputError: no such file, or it is no result of this program.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if tuple(document["keypoints"]) != KEYPOINTS:
            raise ValueError("its keypoints are others")
        if not isinstance(document["exercise"], str):
            raise ValueError(f"its exercise is {document['exercise']!r}")
        if not isinstance(document.get("protocol", FREE_PRACTICE), str):
            raise ValueError(f"its protocol is {document['protocol']!r}")
        poses = []
        for frame in document["frames"]:
            points = np.array(frame["pose"], np.float64).reshape(len(KEYPOINTS), 3)
            xy, score = points[:, :2].astype(np.float32), points[:, 2].astype(np.float32)
            poses.append(Pose(xy, score, float(frame["t_s"])))
    except KeyError as exc:
        raise InputError(f"{path} is no result of `reps count --json`: it has no {exc}") from exc
    except (OSError, ValueError, TypeError) as exc:
        raise InputError(f"{path} is no result of `reps count --json`: {exc}") from exc
    if any(not b.t_s > a.t_s for a, b in zip(poses, poses[1:])):
        raise InputError(f"{path}: the times of its frames do not rise")
    return document, poses


def run_replay(args: argparse.Namespace) -> int:
    """Counts a stored track again, by the exercise and protocol it was counted by or by others."""
    document, poses = read_result(args.result)
    stored = document.get("protocol", FREE_PRACTICE)
    name = args.protocol or (None if stored == FREE_PRACTICE or args.exercise else stored)
    protocol = open_protocol(name, args.exercise or (document["exercise"] if not name else None))
    exercise = args.exercise or protocol.exercise
    counter = open_counter(exercise)
    examiner = Examiner(protocol)
    frames = [Frame(NO_PICTURE, pose.t_s, number) for number, pose in enumerate(poses)]
    curve: list[tuple[float, float, float, float]] = []

    def watch(step: Step) -> None:
        signal = step.counter.signal
        curve.append(
            (step.frame.t_s, signal.progress, signal.thresholds.returned, signal.thresholds.reached)
        )

    reps, _ = count(frames, lambda f: poses[f.index], counter, [examiner, watch])
    examiner.close(reps)
    for verdict in examiner.attempt.verdicts if examiner.attempt else ():
        print(rep_line(verdict))
    title = title_of(exercise, counter)
    print(result_line(title if name is None else protocol.name, examiner))
    if args.plot:
        draw_curve(args.plot, title, np.array(curve).reshape(-1, 4), examiner)
    return 0


def draw_curve(path: Path, title: str, curve: np.ndarray, examiner: Examiner) -> None:
    """The counting signal with both thresholds, every repetition and every rejection, as a picture.

    Args:
        path: of the PNG.
        title: stands above.
        curve: (frames, 4): time in seconds, progress, lower and upper threshold.
        examiner: after the whole track.

    Raises:
        InputError: matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as exc:
        raise InputError("--plot needs matplotlib: pip install matplotlib") from exc
    seconds = float(np.ptp(curve[:, 0])) if len(curve) else 0.0
    figure = Figure(figsize=(min(40.0, max(8.0, seconds / 3)), 4), layout="constrained")
    axes = figure.subplots()
    for verdict in examiner.attempt.verdicts if examiner.attempt else ():
        colour = "tab:green" if verdict.counted else "tab:red"
        axes.axvspan(verdict.rep.start_s, verdict.rep.end_s, color=colour, alpha=0.18, lw=0)
        said = str(verdict.score) if verdict.counted else "\n".join(r.code for r in verdict.reasons)
        axes.annotate(
            said, (verdict.rep.extreme_s, 1.0), xycoords=("data", "axes fraction"),
            ha="center", va="bottom", color=colour,
        )  # fmt: skip
    axes.plot(curve[:, 0], curve[:, 1], "k", lw=1, label="progress")
    for column, name in ((2, "back in rest below"), (3, "extreme above")):
        level = np.where(np.abs(curve[:, column]) < 5, curve[:, column], math.nan)
        axes.plot(curve[:, 0], level, lw=0.8, ls="--", label=name)
    axes.set_xlabel("seconds")
    axes.set_ylabel("0 at rest, 1 at the extreme")
    axes.set_title(f"{title}: {examiner.score}", pad=22)
    axes.legend(loc="lower right")
    with whole_file(path) as part:
        figure.savefig(part, format="png", dpi=110)
