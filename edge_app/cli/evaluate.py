"""`reps evaluate`: the counter's error on clips with known counts."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from contextlib import ExitStack
from pathlib import Path

from edge_app.camera.clip import ClipSource, thin
from edge_app.cli.evaluate_robust import robustness
from edge_app.cli.options import add_model, open_network, rate
from edge_app.errors import DAMAGED, InputError
from edge_app.exercise.auto import NAME as AUTO
from edge_app.files import whole_file
from edge_app.pipeline.ahead import Ahead
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import track
from edge_app.pipeline.update import EachUpdate, Update
from edge_app.sinks.terminal import Progress
from edge_app.sinks.track import load_track, save_track
from edge_app.texts import read_text
from edge_app.tools.count_report import maker_table, page, tables, wrong_counts
from edge_app.tools.evaluation import GHOST_EXERCISES, Evaluation, Ghosts, outcome_of, write_rows
from edge_app.tools.manifest import NEGATIVE, Clip, read_manifest
from edge_app.tools.text_table import Table
from edge_app.values import Pose


def poses_of(clip: Path, exercise: str, args: argparse.Namespace, bar: Progress) -> list[Pose]:
    """The clip's track, from the tracks folder if it is stored there.

    Raises:
        InputError: the clip cannot be read.
    """
    stored = args.tracks / f"{clip.stem}.npz" if args.tracks else None
    if stored is not None and stored.exists():
        return list(load_track(stored))
    estimator = rules_of(exercise).estimator(open_network(args))

    def show(update: Update) -> None:
        bar.note(f"{clip.stem} {update.frame.t_s:.0f} s")

    with ClipSource(clip) as source:
        taken = Ahead(thin(iter(source), args.max_fps), [estimator])
        poses = track(taken, estimator, [EachUpdate(show)])
    if source.damage:
        bar.line(f"{clip.name}: {source.damage}")
    if stored is None:
        return poses
    save_track(stored, poses)
    return list(load_track(stored))  # rounded, as the next run will read it


def claim_tracks(folder: Path, args: argparse.Namespace) -> None:
    """Records in a new folder of tracks how they are made.

    Raises:
        InputError: the folder's tracks were made with other settings.
    """
    backend = open_network(args)
    made = {
        "model_sha256": hashlib.sha256(backend.path.read_bytes()).hexdigest(),
        "provider": backend.provider,
        "max_fps": args.max_fps,
    }
    note = folder / "made_by.json"
    if note.exists():
        try:
            before = json.loads(note.read_text())
            others = [key for key, value in made.items() if before[key] != value]
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise InputError(f"{note} is damaged: choose another folder for --tracks") from exc
        if others:
            raise InputError(
                f"the tracks in {folder} have another {' and '.join(others)}: "
                "choose another folder for --tracks"
            )
    elif not any(folder.glob("*.npz")):
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(note) as part:
            part.write_text(json.dumps(made, indent=1) + "\n")


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps evaluate`."""
    parser.add_argument("manifest", type=Path, help="CSV with the columns file, exercise, count, …")
    parser.add_argument("--csv", type=Path, help="write one row per clip here")
    parser.add_argument("--markdown", type=Path, help="write the tables here")
    parser.add_argument(
        "--tracks", type=Path, help="folder that keeps pose tracks for the next run"
    )
    parser.add_argument("--max-fps", type=rate, default=15.0, help="drop frames above this rate")
    parser.add_argument("--only", help="evaluate this exercise only")
    parser.add_argument(
        "--exercise",
        help="count every clip as this exercise: a name, auto, or new (no known exercises)",
    )
    parser.add_argument(
        "--tuned-first", type=int, default=0, metavar="ROWS",
        help="the counter was tuned on the makers of so many first rows: they are told apart",
    )  # fmt: skip
    parser.add_argument(
        "--seen", type=Path, metavar="FILE",
        help="makers whose pictures the network learnt from, one a line, for the table by maker",
    )  # fmt: skip
    parser.add_argument(
        "--robust", type=Path, metavar="ROWS",
        help="also count the tracks with other rates, dropped frames, noise, mirrored, … and keep "
        "each count in this file, so that the run can be stopped and resumed",
    )  # fmt: skip
    parser.add_argument(
        "--pictures", action="store_true",
        help="with --robust: also with sensor noise, mirrored, and in other number formats (slow)",
    )  # fmt: skip
    add_model(parser)


def execute(args: argparse.Namespace) -> int:
    """Counts every clip of a manifest and prints the tables.

    Returns 3 if a clip could not be read; it has a line of its own with the reason.

    Raises:
        InputError: invalid options, or unreadable input.
    """
    clips = _clips(args)
    seen = frozenset(read_text(args.seen).split()) if args.seen else frozenset()
    if args.tracks:
        if len({c.path.stem for c in clips}) < len(clips):
            raise InputError("--tracks names tracks after clips, but two clips have the same name")
        claim_tracks(args.tracks, args)
    found = Evaluation()
    with ExitStack() as stack:
        bar = stack.enter_context(Progress(len(clips), "clip"))
        for clip in clips:
            bar.step()
            try:
                _count(clip, args, bar, found)
            except InputError as exc:
                found.unreadable.append((clip, str(exc)))
    if args.csv:
        write_rows(args.csv, found)
    made = tables(found)
    more: list[Table] = []
    if args.robust:
        more = robustness([o.clip for o in found.outcomes], args)
    wrong = wrong_counts(found)
    print("\n\n".join([*(t.text() for t in (*made, *more)), "\n".join(wrong)]).strip())
    if args.markdown:
        text = page(sys.argv, _poses(args), [*made, *more, maker_table(found, seen)], wrong)
        with whole_file(args.markdown) as part:
            part.write_text(text, encoding="utf-8")
    return DAMAGED if found.unreadable else 0


def _clips(args: argparse.Namespace) -> list[Clip]:
    if args.robust and not (args.tracks or args.pictures):
        raise InputError("--robust changes stored tracks: give --tracks, or --pictures")
    if args.pictures and not args.robust:
        raise InputError("--pictures belongs to --robust: give a file for its rows")
    clips = read_manifest(args.manifest, args.tuned_first)
    if not args.only:
        return clips
    if not any(c.exercise == args.only for c in clips):
        raise InputError(f"no clip of '{args.only}' in the manifest {args.manifest}")
    return [c for c in clips if c.exercise in (args.only, NEGATIVE)]


def _poses(args: argparse.Namespace) -> str:
    """How the poses were made, for the page."""
    backend = open_network(args)
    sha256 = hashlib.sha256(backend.path.read_bytes()).hexdigest()[:12]
    network = f"{backend.path.name} (sha256 {sha256}…), {backend.provider}"
    return f"poses at most {args.max_fps:g} frames a second; {network}"


def _count(clip: Clip, args: argparse.Namespace, bar: Progress, found: Evaluation) -> None:
    """Counts one clip: as its exercise, or as several where there is nothing to count."""
    if clip.exercise != NEGATIVE:
        exercise = args.exercise or clip.exercise
        poses = poses_of(clip.path, exercise, args, bar)
        found.outcomes.append(outcome_of(clip, exercise, poses))
        return
    poses = poses_of(clip.path, args.exercise or AUTO, args, bar)
    counted_as = (args.exercise,) if args.exercise else GHOST_EXERCISES
    outcomes = {name: outcome_of(clip, name, poses) for name in counted_as}
    counts = {name: outcome.counted for name, outcome in outcomes.items()}
    found.ghosts.append(Ghosts(clip, counts, next(iter(outcomes.values())).seconds))
