"""`reps count`: one clip, its repetitions, and the files that were asked for."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Callable

from tqdm import tqdm

from edge_app.camera.file import FileSource
from edge_app.counting import Step, count
from edge_app.exercise.counter import RepCounter
from edge_app.exercise.definition import Exercise, find_exercise, load_exercise
from edge_app.files import whole_file
from edge_app.overlay import VideoSink
from edge_app.pose.backend import open_backend
from edge_app.pose.estimator import PoseEstimator
from edge_app.results import CocoResult, JsonResult, rep_line, write_csv


def open_exercise(name: str) -> Exercise:
    """An exercise by name or alias, or from a TOML file.

    Raises:
        InputError: unknown name or broken file.
    """
    return load_exercise(Path(name)) if name.endswith(".toml") else find_exercise(name)


def run_count(args: argparse.Namespace) -> int:
    """Counts one clip. Output files appear only if the whole clip was counted."""
    exercise = open_exercise(args.exercise)
    estimator = PoseEstimator(open_backend(args.model, args.threads))
    counter = RepCounter(exercise)
    with ExitStack() as stack:
        source = stack.enter_context(FileSource(args.clip))
        listeners: list[Callable[[Step], None]] = []
        closing: list[Callable[[list], None]] = []
        if args.json:
            path = stack.enter_context(whole_file(args.json))
            file = stack.enter_context(path.open("w", encoding="utf-8"))
            model = str(estimator.model_name)
            document = JsonResult(file, args.clip.name, exercise.name, model)
            listeners.append(
                lambda s: document.add(s.pose, s.counter.signal.progress, s.counter.parameters)
            )
            closing.append(document.close)
        if args.coco:
            path = stack.enter_context(whole_file(args.coco))
            poses = CocoResult(stack.enter_context(path.open("w", encoding="utf-8")))
            listeners.append(lambda s: poses.add(s.frame, s.pose))
            closing.append(lambda reps: poses.close())
        if args.csv:
            path = stack.enter_context(whole_file(args.csv))
            table = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            closing.append(lambda reps: write_csv(table, reps))
        if args.out:
            path = stack.enter_context(whole_file(args.out))
            video = VideoSink(path, source.fps, exercise.name)
            stack.callback(video.close)
            listeners.append(video)
        bar = stack.enter_context(
            tqdm(total=source.frame_count or None, unit="frame", disable=args.quiet, leave=False)
        )
        listeners.append(lambda s: _show(bar, s))
        begun = perf_counter()
        reps, frames = count(source, estimator, counter, listeners)
        wall_s = perf_counter() - begun
        for close in closing:
            close(reps)
    if not frames["seen"]:
        print("nobody was seen in the clip")
    total = sum(rep.counted for rep in reps)
    rejected = len(reps) - total
    print(f"{exercise.name}: {total}" + (f" ({rejected} rejected)" if rejected else ""))
    if args.timing:
        _print_timing(estimator.seconds, frames["frames"], wall_s)
    return 0


def _show(bar: tqdm, step: Step) -> None:
    """Each repetition as soon as it is final, above the progress bar."""
    for rep in step.new:
        bar.write(rep_line(rep))
    bar.update()


def _print_timing(seconds: dict[str, float], frames: int, wall_s: float) -> None:
    """Where the time of the whole loop went, and how near it comes to the network alone."""
    rest = {"other": wall_s - sum(seconds.values())}
    for stage, spent in {**seconds, **rest}.items():
        print(f"{stage:10s} {1000 * spent / frames:7.2f} ms a frame  {spent / wall_s:6.1%}")
    print(
        f"{frames / wall_s:.1f} frames/s, the network alone {frames / seconds['network']:.1f}: "
        f"ratio {seconds['network'] / wall_s:.3f}"
    )
