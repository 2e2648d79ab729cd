"""Draws tracks of moving students: python -m models.gym.moves --minutes 600 --out FILE.npz."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edge_app.errors import InputError
from models.command import tool


@tool("moves")
def main(argv: list[str] | None = None) -> int:
    """The command line; invalid arguments give one sentence and exit code 2."""
    parser = argparse.ArgumentParser(prog="models.gym.moves", description=__doc__)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    if args.minutes <= 0 or args.processes < 1 or args.seed < 0:
        raise InputError("--minutes and --processes must be above 0, --seed not below")
    if args.out.suffix != ".npz":
        raise InputError(f"--out must end in .npz, not {args.out}")
    from models.gym.moves.archive import draw, write

    found = list(draw(args.minutes, args.seed, args.processes))
    write(found, args.seed, args.out)
    seconds = sum(float(track["t_s"][-1]) for track in found)
    reps = sum(len(track["rep_depth"]) for track in found)
    print(f"{args.out}: {len(found)} tracks, {seconds / 60:.0f} minutes, {reps} repetitions")
    return 0


if __name__ == "__main__":
    sys.exit(main())
