"""`reps replay`: counts a stored pose track again, without the video."""

from __future__ import annotations

import argparse
import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.pipeline.build import StoredTrack, rules_of
from edge_app.pipeline.run import run
from edge_app.pipeline.update import EachUpdate, Result, Update
from edge_app.session.protocol import free_practice
from edge_app.sinks.document import read_document
from edge_app.sinks.lines import rep_line, result_line


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps replay`."""
    parser.add_argument("result", type=Path, help="a result of reps count --json")
    parser.add_argument("--exercise", help="count this exercise instead of the stored one")
    parser.add_argument("--protocol", help="judge by this protocol instead of the stored one")
    parser.add_argument("--plot", type=Path, help="draw signal and repetitions here (.png)")


def execute(args: argparse.Namespace) -> int:
    """Counts a stored track again, by the stored exercise and protocol or by others."""
    document = read_document(args.result)
    other = args.exercise or args.protocol
    rules = rules_of(args.exercise, args.protocol) if other else document.rules()
    frames = StoredTrack(document.poses)
    lane = rules.lane(frames.estimate)
    curve: list[tuple[float, float, float, float]] = []

    def watch(update: Update) -> None:
        signal = lane.counter.signal
        levels = signal.thresholds
        curve.append((update.frame.t_s, signal.progress, levels.returned, levels.reached))

    (result,) = run(frames, [lane], [EachUpdate(watch)])
    for verdict in result.attempt.verdicts if result.attempt else ():
        print(rep_line(verdict))
    print(result_line(rules.title(lane.counter), result))
    if args.plot:
        title = replace(rules, protocol=free_practice(rules.name)).title(lane.counter)
        draw_curve(args.plot, title, np.array(curve).reshape(-1, 4), result)
    return 0


def draw_curve(path: Path, title: str, curve: np.ndarray, result: Result) -> None:
    """The counting signal with both thresholds, every repetition and every rejection, as a picture.

    Args:
        path: of the PNG.
        title: stands above.
        curve: (frames, 4): time in seconds, progress, lower and upper threshold.
        result: of the whole track.

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
    for verdict in result.attempt.verdicts if result.attempt else ():
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
    axes.set_title(f"{title}: {result.score}", pad=22)
    axes.legend(loc="lower right")
    with whole_file(path) as part:
        figure.savefig(part, format="png", dpi=110)
