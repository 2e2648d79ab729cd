"""Trains the second witness and judges it on makers that it did not learn from.

python -m models.witness judge --manifest MANIFEST.csv --tracks TRACKS --folds 5
python -m models.witness train --manifest MANIFEST.csv --tracks TRACKS --out witness.npz
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from edge_app.errors import InputError
from edge_app.exercise.witness.network import EXERCISES, OTHER, WitnessNetwork
from edge_app.files import whole_file
from models.command import at_least, tool
from models.witness.judge import WAYS, Counted, all_counts, summary
from models.witness.mocap import load_mocap
from models.witness.tracks import Labelled, fold_of, load_drawn, load_real, usable
from models.witness.train import Source, train

# Shares of the stretches: real clips with and without repetitions, drawn ones, motion capture.
COUNTED, EMPTY, DRAWN, CAPTURED, OTHERWISE = 0.4, 0.17, 0.3, 0.06, 0.07
VIEWS = 3  # cameras for each clip of motion capture


@tool("witness")
def main(argv: list[str] | None = None) -> int:
    """The command line; invalid arguments give one sentence and exit code 2."""
    parser = argparse.ArgumentParser(prog="models.witness", description=__doc__)
    parser.add_argument("step", choices=("judge", "train"))
    parser.add_argument("--manifest", type=Path, required=True, help="clips with known repetitions")
    parser.add_argument("--tracks", type=Path, required=True, help="their stored pose tracks")
    parser.add_argument("--drawn", type=Path, help="an archive of python -m models.gym.moves")
    parser.add_argument("--mocap", type=Path, nargs="*", default=[], help="archives of joints3d")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--folds", type=int, default=5, help="of the makers, to judge")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="the .npz of weights")
    args = parser.parse_args(argv)
    at_least(1, steps=args.steps)
    at_least(2, folds=args.folds)
    torch.set_num_threads(1)
    tracks = usable(load_real(args.manifest, args.tracks))
    if not any(track.exercise != OTHER for track in tracks):
        raise InputError(
            f"no track of a clip of {args.manifest} with repetitions in {args.tracks}."
        )
    drawn = usable(load_drawn(args.drawn)) if args.drawn else []
    captured = [t for path in args.mocap for t in usable(load_mocap(path, VIEWS, args.seed))]
    made = Made(drawn, captured)
    if args.step == "judge":
        print(table(judged(tracks, made, args.folds, args.steps, args.seed)))
        return 0
    if args.out is None:
        raise InputError("--out: say where the weights go.")
    weights = train(sources_of(tracks, made), args.steps, args.seed, told=True).arrays()
    with whole_file(args.out) as part, part.open("wb") as file:
        np.savez_compressed(file, **{name: w.astype(np.float16) for name, w in weights.items()})  # type: ignore[arg-type]
    return 0


class Made(NamedTuple):
    """Tracks of nobody in the clips: they are learned from in every fold."""

    drawn: Sequence[Labelled] = ()
    captured: Sequence[Labelled] = ()


def sources_of(tracks: Sequence[Labelled], made: Made) -> list[Source]:
    """Clips with and without something to count and made tracks, as the training mixes them."""
    (counted, empty), (captured, otherwise) = _parted(tracks), _parted(made.captured)
    shares = ((counted, COUNTED), (empty, EMPTY), (made.drawn, DRAWN),
              (captured, CAPTURED), (otherwise, OTHERWISE))  # fmt: skip
    return [Source(members, share) for members, share in shares if members]


def _parted(tracks: Sequence[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """With something to count, and without."""
    without = [t for t in tracks if t.exercise == OTHER]
    return [t for t in tracks if t.exercise != OTHER], without


def judged(
    tracks: Sequence[Labelled], made: Made, folds: int, steps: int, seed: int
) -> list[Counted]:
    """Every clip, counted by a network that saw no clip of its maker."""
    counted: list[Counted] = []
    for fold in range(folds):
        own = [t for t in tracks if fold_of(t.maker, folds) == fold]
        others = [t for t in tracks if fold_of(t.maker, folds) != fold]
        if own and any(t.exercise != OTHER for t in others):
            network = WitnessNetwork(train(sources_of(others, made), steps, seed + fold).arrays())
            counted += all_counts(network, own)
    return counted


CORE = ("sit-up", "crunch", "push-up", "squat")


def table(counted: Sequence[Counted]) -> str:
    """Markdown: for each way of counting one line for each exercise, then all."""
    lines = ["| | counted by | clips | within one | exact | MAE | ghosts a minute |",
             "|---" * 7 + "|"]  # fmt: skip
    core = [EXERCISES.index(name) for name in CORE]
    rows = [(name, [i]) for i, name in enumerate(EXERCISES)]
    rows += [(", ".join(CORE), core), ("all", [*range(OTHER + 1)])]
    for name, numbers in rows:
        for way in WAYS:
            members = [c for c in counted if c.way == way and c.track.exercise in numbers]
            if members:
                told = summary(members)
                cells = [f"{told[key]:.2f}" if key in told else "–"
                         for key in ("within one", "exact", "MAE", "ghosts a minute")]  # fmt: skip
                lines.append(
                    f"| {name} | {way} | {told['clips']:.0f} | " + " | ".join(cells) + " |"
                )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
