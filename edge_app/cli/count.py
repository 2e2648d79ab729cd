"""`reps count`: one clip, its repetitions, and the files that were asked for."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from time import perf_counter
from typing import Callable

from tqdm import tqdm

from edge_app.camera.file import FileSource, thin
from edge_app.errors import InputError
from edge_app.exercise.build import open_counter, posture_fit_of, stored_name, title_of
from edge_app.files import whole_file
from edge_app.pipeline.run import Step, count
from edge_app.pose.estimator import PoseEstimator
from edge_app.pose.tracker import Zone
from edge_app.runtime.contract import Backend
from edge_app.runtime.open import open_backend
from edge_app.session.attempt import Attempt, Verdict
from edge_app.session.examiner import Examiner
from edge_app.session.protocol import open_protocol
from edge_app.sinks.document import CocoResult, JsonResult, rep_line, write_csv
from edge_app.sinks.video import VideoSink


def backend_of(args: argparse.Namespace) -> Backend:
    """The network that --model, --threads, --provider and --allow-fallback ask for.

    Raises:
        InputError: it cannot be had.
    """
    return open_backend(args.model, args.threads, args.provider, args.allow_fallback)


def run_count(args: argparse.Namespace) -> int:
    """Counts one clip, once for each station side by side in the picture; or a folder with --ray.

    Raises:
        InputError: wrong input; a number of stations below 1; a video that is no .mp4.
    """
    if args.ray:
        return _archive(args)
    if args.ledger:
        raise InputError("--ledger belongs to --ray: one clip is not stored in the ledger")
    if args.stations < 1:
        raise InputError("there is at least one station")
    if args.out and args.out.suffix.lower() != ".mp4":
        raise InputError(f"--out {args.out}: the annotated video's name must end in .mp4")
    for number in range(args.stations):
        zone = Zone(left=number / args.stations, right=(number + 1) / args.stations)
        if args.stations > 1:
            print(f"station {number + 1} of {args.stations}, from the left")
        count_station(args if args.stations == 1 else _own_files(args, number + 1), zone)
    return 0


def _archive(args: argparse.Namespace) -> int:
    try:
        from edge_app.cli.archive import count_archive
    except ModuleNotFoundError as exc:
        raise InputError(
            f"--ray needs the extra `ray` ({exc.name}): pip install 'edge-reps[ray]'"
        ) from exc
    return count_archive(args)


def _own_files(args: argparse.Namespace, station: int) -> argparse.Namespace:
    """The same options with the station's number in the names of the files."""
    own = argparse.Namespace(**vars(args))
    for option in ("out", "json", "csv", "coco"):
        path = getattr(args, option)
        if path is not None:
            setattr(own, option, path.with_name(f"{path.stem}-{station}{path.suffix}"))
    return own


def count_station(args: argparse.Namespace, zone: Zone) -> None:
    """Counts whoever is in the zone. Output files appear only if the whole clip was counted."""
    protocol = open_protocol(args.protocol, args.exercise)
    exercise = args.exercise or protocol.exercise
    counter = open_counter(exercise)
    estimator = PoseEstimator(backend_of(args), zone, posture_fit_of(exercise))
    with ExitStack() as stack:
        source = stack.enter_context(FileSource(args.clip))
        examiner = Examiner(protocol)
        listeners: list[Callable[[Step], None]] = [examiner]
        closing: list[Callable[[Attempt | None], None]] = []
        if args.json:
            path = stack.enter_context(whole_file(args.json))
            file = stack.enter_context(path.open("w", encoding="utf-8"))
            model = str(estimator.model_name)
            document = JsonResult(file, args.clip.name, stored_name(exercise), protocol.name, model)
            listeners.append(
                lambda s: document.add(s.pose, s.counter.signal.progress, s.counter.parameters)
            )
            closing.append(document.close)
        if args.coco:
            path = stack.enter_context(whole_file(args.coco))
            poses = CocoResult(stack.enter_context(path.open("w", encoding="utf-8")))
            listeners.append(lambda s: poses.add(s.frame, s.pose))
            closing.append(lambda attempt: poses.close())
        if args.csv:
            path = stack.enter_context(whole_file(args.csv))
            table = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            closing.append(lambda attempt: write_csv(table, attempt))
        if args.out:
            path = stack.enter_context(whole_file(args.out))
            title = title_of(exercise, counter) if args.protocol is None else protocol.name
            fps = min(source.fps, args.max_fps or source.fps)
            video = VideoSink(path, fps, title, examiner)
            stack.callback(video.close)
            listeners.append(video)
        bar = stack.enter_context(
            tqdm(total=source.frame_count or None, unit="frame", disable=args.quiet, leave=False)
        )
        listeners.append(lambda step: _show(bar, examiner.new))
        begun = perf_counter()
        taken = thin(iter(source), args.max_fps) if args.max_fps else source
        reps, frames = count(taken, estimator, counter, listeners)
        wall_s = perf_counter() - begun
        examiner.close(reps)
        for verdict in examiner.new:  # what only the end of the clip made final
            bar.write(rep_line(verdict))
        for close in closing:
            close(examiner.attempt)
    if not frames["seen"]:
        print("nobody was seen in the clip")
    title = title_of(exercise, counter) if args.protocol is None else protocol.name
    print(result_line(title, examiner))
    if args.timing:
        _print_timing(estimator.seconds, frames["frames"], wall_s)
        print(f"{estimator.model_name} on {estimator.provider}")


def result_line(name: str, examiner: Examiner) -> str:
    """The count, and what else there is to say of the attempt."""
    attempt = examiner.attempt
    rejected = sum(not v.counted for v in attempt.verdicts) if attempt else 0
    said = [f"{rejected} rejected"] if rejected else []
    if attempt and attempt.ended:
        said.append(f"ended by {attempt.ended}")
    return f"{name}: {examiner.score}" + (f" ({', '.join(said)})" if said else "")


def _show(bar: tqdm, verdicts: list[Verdict]) -> None:
    """Each repetition as soon as it is final, above the progress bar."""
    for verdict in verdicts:
        bar.write(rep_line(verdict))
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
