"""`reps teach`: learns an editable exercise file from a few good repetitions."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import TypeAdapter

from edge_app.camera.clip import ClipSource
from edge_app.cli.options import add_model, add_orientation, open_network, orientation
from edge_app.errors import InputError
from edge_app.exercise.definition import Exercise, load_exercise
from edge_app.exercise.learn import ParameterHistory, learn
from edge_app.files import whole_file
from edge_app.pipeline.ahead import Ahead
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
# displacement: how far a joint moves in the picture. Add [[posture]] and [[fault]] tables as in
# the exercises that ship with the program.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps teach`."""
    parser.add_argument("clip", type=Path)
    parser.add_argument("--name", required=True, help="name of the new exercise")
    parser.add_argument("--reps", type=int, default=3, help="number of repetitions in the clip")
    parser.add_argument("--out", type=Path, help="write the exercise here (default: NAME.toml)")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_orientation(parser)
    add_model(parser)


def execute(args: argparse.Namespace) -> int:
    """Learns an exercise from a clip and writes it."""
    if not args.name.strip():
        raise InputError("--name must not be empty")
    out = args.out or Path(f"{args.name.lower().replace(' ', '_')}.toml")
    if out.exists():
        raise InputError(f"{out} already exists: move it, or give another file with --out")
    if args.reps < 2:
        raise InputError("--reps must be at least 2: one repetition is not enough to learn from")
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
    """The exercise and the poses from which it was learned.

    Raises:
        InputError: the repetitions could not be found.
    """
    estimator = PoseEstimator(open_network(args))
    with ClipSource(args.clip, orientation(args)) as source, Progress(
        source.frame_count, "frame", args.quiet
    ) as bar:
        poses = track(
            Ahead(source, [estimator]), estimator, [EachUpdate(lambda update: bar.step())]
        )
    learned = learn(ParameterHistory(poses), args.name, args.reps)
    if learned is None:
        found = learn(ParameterHistory(poses), args.name)
        seen = "no movement repeats"
        if found:
            seen = f"a movement repeats {len(found.intervals)} times"
        raise InputError(
            f"cannot find {args.reps} similar repetitions in {args.clip}: {seen}. Show "
            "them from the side, with the whole body in the picture and a short rest before"
        )
    return learned.exercise, poses


def as_toml(exercise: Exercise) -> str:
    """An exercise as the text of its file, without default values."""
    values = TypeAdapter(Exercise).dump_python(exercise, exclude_defaults=True)
    return tomlkit.dumps(_rounded(values))


def _rounded(value: Any) -> Any:
    """Rounds numbers to three decimals, at every level."""
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    if isinstance(value, tuple):
        return [_rounded(v) for v in value]
    return round(value, 3) if isinstance(value, float) else value  # keeps infinity
