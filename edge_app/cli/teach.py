"""`reps teach`: a few good repetitions become an exercise file that can be edited."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import TypeAdapter

from edge_app.camera.clip import ClipSource
from edge_app.cli.options import add_model, open_network
from edge_app.errors import InputError
from edge_app.exercise.definition import Exercise, load_exercise
from edge_app.exercise.learn import ParameterHistory, learn
from edge_app.files import whole_file
from edge_app.pipeline.build import Rules, StoredTrack
from edge_app.pipeline.run import run, track
from edge_app.pipeline.update import EachUpdate
from edge_app.pose.estimator import PoseEstimator
from edge_app.session.protocol import free_practice
from edge_app.sinks.terminal import Progress
from edge_app.values import Pose

HEAD = """\
# Learned by `reps teach` from {count} repetitions in {clip}.
# signal: what is measured, at rest and at the extreme. limits: what makes a repetition.
# displacement: how far a joint moves in the picture. Add [[posture]] and [[fault]] tables as the
# exercises that come with the program have them.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps teach`."""
    parser.add_argument("clip", type=Path)
    parser.add_argument("--name", required=True, help="of the new exercise")
    parser.add_argument("--reps", type=int, default=3, help="how many repetitions the clip shows")
    parser.add_argument("--out", type=Path, help="write it here; if left out NAME.toml")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_model(parser)


def execute(args: argparse.Namespace) -> int:
    """Learns an exercise from a clip and writes it."""
    if not args.name.strip():
        raise InputError("--name is empty: the exercise needs a name")
    out = args.out or Path(f"{args.name.lower().replace(' ', '_')}.toml")
    if out.exists():
        raise InputError(f"{out} is there already: move it away, or give another with --out")
    if args.reps < 2:
        raise InputError("one repetition does not show what is alike: show at least two")
    exercise, poses = learn_clip(args)
    with whole_file(out) as beside:
        text = HEAD.format(count=args.reps, clip=args.clip.name) + as_toml(exercise)
        beside.write_text(text, encoding="utf-8")
        read_back = load_exercise(beside)
    stored = StoredTrack(poses)
    rules = Rules(read_back.name, read_back, free_practice(read_back.name))
    (result,) = run(stored, [rules.lane(stored.estimate)])
    measured = ", ".join(c.parameter for c in exercise.signal)
    print(f"{out}: {args.name}, counted by {measured}; in this clip it counts {result.score}")
    return 0


def learn_clip(args: argparse.Namespace) -> tuple[Exercise, list[Pose]]:
    """The exercise and the poses it was learned from.

    Raises:
        InputError: the repetitions could not be found.
    """
    estimator = PoseEstimator(open_network(args))
    with ClipSource(args.clip) as source, Progress(source.frame_count, "frame", args.quiet) as bar:
        poses = track(source, estimator, [EachUpdate(lambda update: bar.step())])
    learned = learn(ParameterHistory(poses), args.name, args.reps)
    if learned is None:
        found = learn(ParameterHistory(poses), args.name)
        seen = "nothing repeats there"
        if found:
            seen = f"what repeats there repeats {len(found.intervals)} times"
        raise InputError(
            f"{args.reps} repetitions alike could not be found in {args.clip}: {seen}. Show "
            "them from the side, the whole body in the picture, with a short rest before"
        )
    return learned.exercise, poses


def as_toml(exercise: Exercise) -> str:
    """An exercise as the text of its file; what has its default value is left out."""
    values = TypeAdapter(Exercise).dump_python(exercise, exclude_defaults=True)
    return tomlkit.dumps(_rounded(values))


def _rounded(value: Any) -> Any:
    """Numbers with three digits, at every level."""
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    if isinstance(value, tuple):
        return [_rounded(v) for v in value]
    return round(value, 3) if isinstance(value, float) else value  # infinity stays
