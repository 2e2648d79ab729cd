"""`reps evaluate`: the counter's error on clips with known counts."""

from __future__ import annotations

import argparse
import hashlib
import json
from contextlib import ExitStack
from pathlib import Path

from edge_app.camera.clip import ClipSource, thin
from edge_app.cli.options import add_model, open_network, rate
from edge_app.errors import DAMAGED, InputError
from edge_app.exercise.auto import NAME as AUTO
from edge_app.files import whole_file
from edge_app.pipeline.build import rules_of
from edge_app.pipeline.run import track
from edge_app.pipeline.update import EachUpdate, Update
from edge_app.sinks.terminal import Progress
from edge_app.sinks.track import load_track, save_track
from edge_app.tools.evaluation import GHOST_EXERCISES, Outcome, outcome_of, print_table, write_rows
from edge_app.tools.manifest import NEGATIVE, Clip, read_manifest
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
        poses = track(thin(iter(source), args.max_fps), estimator, [EachUpdate(show)])
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
    parser.add_argument(
        "--tracks", type=Path, help="folder that keeps pose tracks for the next run"
    )
    parser.add_argument("--max-fps", type=rate, default=15.0, help="drop frames above this rate")
    parser.add_argument("--only", help="evaluate this exercise only")
    parser.add_argument(
        "--exercise",
        help="count every clip as this exercise: a name, auto, or new (no known exercises)",
    )
    add_model(parser)


def execute(args: argparse.Namespace) -> int:
    """Counts every clip of a manifest and prints the table.

    Returns 3 if a clip could not be read; it has a row of its own with the reason.

    Raises:
        InputError: invalid options, or unreadable input.
    """
    clips = read_manifest(args.manifest)
    if args.only:
        if not any(c.exercise == args.only for c in clips):
            raise InputError(f"no clip of '{args.only}' in the manifest {args.manifest}")
        clips = [c for c in clips if c.exercise in (args.only, NEGATIVE)]
    if args.tracks:
        if len({c.path.stem for c in clips}) < len(clips):
            raise InputError("--tracks names tracks after clips, but two clips have the same name")
        claim_tracks(args.tracks, args)
    outcomes: list[Outcome] = []
    unreadable: list[tuple[Clip, str]] = []
    counted_as = (args.exercise,) if args.exercise else GHOST_EXERCISES
    ghosts: dict[str, int] = dict.fromkeys(counted_as, 0)
    ghost_s = 0.0
    with ExitStack() as stack:
        bar = stack.enter_context(Progress(len(clips), "clip"))
        for clip in clips:
            bar.step()
            counts = clip.exercise != NEGATIVE
            exercise = args.exercise or (clip.exercise if counts else AUTO)
            try:
                poses = poses_of(clip.path, exercise, args, bar)
            except InputError as exc:
                unreadable.append((clip, str(exc)))
                continue
            if counts:
                outcomes.append(outcome_of(clip, exercise, poses))
                continue
            for exercise in ghosts:
                outcome = outcome_of(clip, exercise, poses)
                ghosts[exercise] += outcome.counted
            ghost_s += outcome.seconds
    if args.csv:
        write_rows(args.csv, outcomes, unreadable)
    print_table(outcomes, unreadable)
    if ghost_s:
        said = ", ".join(f"{n} {name}s" for name, n in ghosts.items())
        rate = sum(ghosts.values()) / (ghost_s / 60)
        print(f"\nnothing to count: {ghost_s / 60:.1f} min, {said}: {rate:.1f} ghosts per minute")
    return DAMAGED if unreadable else 0
