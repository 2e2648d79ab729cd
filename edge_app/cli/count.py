"""`reps count`: counts one clip and writes the requested files."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Sequence

from edge_app.camera.clip import ClipSource, thin
from edge_app.cli.options import add_model, add_orientation, open_network, orientation, rate
from edge_app.errors import DAMAGED, InputError
from edge_app.pipeline.ahead import Ahead
from edge_app.pipeline.build import Rules, rules_of, sets_of, zones
from edge_app.pipeline.hints import hint
from edge_app.pipeline.run import PoseList, run
from edge_app.pipeline.update import OfLane, Result, Sink, Update
from edge_app.pose.estimator import PoseEstimator
from edge_app.session.events import Judged
from edge_app.session.lane import ClipLane
from edge_app.sinks.coco import CocoSink
from edge_app.sinks.document import JsonSink
from edge_app.sinks.lines import rep_line, result_line
from edge_app.sinks.table import CsvSink
from edge_app.sinks.terminal import Progress


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps count`."""
    parser.add_argument("clip", type=Path, help="a video file; with --ray, a folder of clips")
    parser.add_argument("--exercise", help="exercise: a name, a .toml file, or auto")
    parser.add_argument("--protocol", help="school test: a name, or a .toml file")
    parser.add_argument(
        "--mats",
        "--stations",
        type=int,
        default=1,
        help="number of students side by side, each counted separately (old name: --stations)",
    )
    parser.add_argument("--out", type=Path, help="write the annotated video here (.mp4)")
    parser.add_argument("--json", type=Path, help="write repetitions, parameters and poses here")
    parser.add_argument("--csv", type=Path, help="write one row per repetition here")
    parser.add_argument("--coco", type=Path, help="write the poses as COCO keypoint results here")
    add_orientation(parser)
    parser.add_argument("--max-fps", type=rate, help="drop frames above this rate")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.add_argument("--timing", action="store_true", help="print where the time went")
    parser.add_argument(
        "--ray", metavar="ADDRESS",
        help="count all clips below a folder on a Ray cluster (HOST:PORT, auto, or local) into the "
        "ledger; run it again to continue after a stop",
    )  # fmt: skip
    parser.add_argument(
        "--ledger",
        metavar="URL",
        help="ledger for --ray: a file, or postgresql://… (default: the ledger of reps results)",
    )
    add_model(parser)


def execute(args: argparse.Namespace) -> int:
    """Counts one clip, for each mat side by side in the picture; or a folder with --ray.

    Returns 3 if the clip is damaged: it was counted as far as it goes.

    Raises:
        InputError: invalid input; fewer than one mat; an --out that is not an .mp4.
    """
    if args.ray:
        return _archive(args)
    if args.ledger:
        raise InputError("--ledger works with --ray only: one clip is not stored in the ledger")
    if args.mats < 1:
        raise InputError("--mats must be at least 1")
    if args.out and args.out.suffix.lower() != ".mp4":
        raise InputError(f"--out must end in .mp4, not {args.out}")
    damage = count_clip(args, rules_of(args.exercise, args.protocol))
    if damage:
        print(f"reps: {args.clip}: {damage}", file=sys.stderr)
    return DAMAGED if damage else 0


def _archive(args: argparse.Namespace) -> int:
    try:
        from edge_app.cli.archive import count_archive
    except ModuleNotFoundError as exc:
        raise InputError(
            f"--ray needs the extra `ray` ({exc.name}): pip install 'edge-reps[ray]'"
        ) from exc
    return count_archive(args)


def count_clip(args: argparse.Namespace, rules: Rules) -> str:
    """Counts one person per mat; output files appear only if all that can be read was counted.

    Returns:
        What of the clip could not be read; "" if nothing.
    """
    backend = open_network(args)
    estimators = [rules.estimator(backend, zone) for zone in zones(args.mats)]
    lanes = [rules.lane(estimator) for estimator in estimators]
    with ExitStack() as stack:
        source = stack.enter_context(ClipSource(args.clip, orientation(args)))
        fps = min(source.fps, args.max_fps or source.fps)
        sinks = [
            OfLane(number, sink)
            for number, lane in enumerate(lanes, 1)
            for sink in _files(stack, args, rules, lane, number, fps, backend.path.name, source)
        ]
        bar = stack.enter_context(Progress(source.frame_count, "frame", args.quiet))
        begun_s = perf_counter()
        taken = thin(iter(source), args.max_fps) if args.max_fps else source
        frames = Ahead(taken, estimators)
        tracks = [PoseList() for _ in lanes]
        kept = [OfLane(number, track) for number, track in enumerate(tracks, 1)]
        results = run(frames, lanes, [*sinks, *kept, Printer(bar, args.mats)])
        wall_s = perf_counter() - begun_s
    for lane, result, track in zip(lanes, results, tracks):
        mat = f"mat {result.lane}: " if args.mats > 1 else ""
        if not result.seen:
            print(f"{mat}nobody seen in the clip")
        print(mat + result_line(rules.title(lane.counter), result))
        said = hint(rules, track.poses, result.score, (source.height, source.width))
        if said:
            print(f"{mat}hint: {said}")
    if args.timing:
        print_timing(estimators, results[0].frames, wall_s, frames.beside_s)
    return source.damage


def _files(
    stack: ExitStack,
    args: argparse.Namespace,
    rules: Rules,
    lane: ClipLane,
    number: int,
    fps: float,
    model: str,
    source: ClipSource,
) -> list[Sink]:
    """The requested files of one mat; with several mats, names contain its number."""

    def path_of(path: Path) -> Path:
        several = args.mats > 1
        return path.with_name(f"{path.stem}-{number}{path.suffix}") if several else path

    sinks: list[Sink] = []
    if args.json:
        name, protocol = args.clip.name, rules.protocol.name
        document = JsonSink(
            path_of(args.json), name, rules.name, protocol, model,
            lambda: source.damage, lambda: sets_of(lane.counter),
        )  # fmt: skip
        sinks.append(stack.enter_context(document))
    if args.coco:
        sinks.append(stack.enter_context(CocoSink(path_of(args.coco))))
    if args.csv:
        sinks.append(stack.enter_context(CsvSink(path_of(args.csv))))
    if args.out:
        from edge_app.sinks.video.sink import VideoSink  # its fonts are loaded only for a video

        title = rules.title(lane.counter)
        video = VideoSink(path_of(args.out), fps, title, rules.exercise)
        sinks.append(stack.enter_context(video))
    return sinks


class Printer:
    """Prints each repetition above the progress bar as soon as it is final.

    Args:
        bar: advances with every frame.
        mats: if there are several, each line begins with the mat's number.
    """

    def __init__(self, bar: Progress, mats: int = 1) -> None:
        self._bar, self._mats = bar, mats

    def update(self, update: Update) -> None:
        self._print(update.lane, update.judged)
        if update.lane == 1:
            self._bar.step()

    def finish(self, result: Result) -> None:
        self._print(result.lane, [e for e in result.last if isinstance(e, Judged)])

    def _print(self, lane: int, events: Sequence[Judged]) -> None:
        mat = f"mat {lane}: " if self._mats > 1 else ""
        for event in events:
            self._bar.line(mat + rep_line(event.verdict))


def print_timing(
    estimators: Sequence[PoseEstimator], frames: int, wall_s: float, beside_s: float
) -> None:
    """Prints the time of each stage of the loop, and the speed relative to the network alone.

    Args:
        estimators: one per mat.
        frames: of the clip.
        wall_s, beside_s: as the clock says; and of it, what ran while the network did.
    """
    stages = [stage for stage in estimators[0].seconds if stage != "smooth"]  # beside the network
    seconds = {stage: sum(e.seconds[stage] for e in estimators) for stage in stages}
    rest = {"other": wall_s - sum(seconds.values())}
    for stage, spent in {**seconds, **rest}.items():
        print(f"{stage:10s} {1000 * spent / frames:7.2f} ms/frame  {spent / wall_s:6.1%}")
    print(
        f"beside the network {1000 * beside_s / frames:.2f} ms/frame: reading and shrinking the "
        "next frame, smoothing, counting, files"
    )
    print(
        f"{frames / wall_s:.1f} frames/s, the network alone {frames / seconds['network']:.1f}: "
        f"ratio {seconds['network'] / wall_s:.3f}"
    )
    why = f" ({estimators[0].why})" if estimators[0].why else ""
    print(f"{estimators[0].model_name} on {estimators[0].provider}{why}")
