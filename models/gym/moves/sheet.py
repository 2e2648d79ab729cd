"""A sheet of stick figures over time, to be looked at: three students for each exercise.

python -m models.gym.moves.sheet --exercise squat --out squat.png
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from edge_app.errors import InputError
from edge_app.skeleton import LIMBS
from models.command import tool
from models.gym.moves.movement import movement
from models.gym.moves.project import Seen, project
from models.gym.moves.track import LABELS, Track3D

CELL = 150  # pixels
MOMENTS = 12
ROWS = 3
LEFT, RIGHT, MIDDLE = (60, 60, 220), (220, 120, 40), (40, 40, 40)  # BGR


@tool("sheet")
def main(argv: list[str] | None = None) -> int:
    """The command line; invalid arguments give one sentence and exit code 2."""
    parser = argparse.ArgumentParser(prog="models.gym.moves.sheet", description=__doc__)
    parser.add_argument("--exercise", required=True, help="as in edge_app, or none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--flawed", action="store_true", help="as the network sees it")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    if args.exercise not in LABELS:
        raise InputError(f"--exercise must be one of {', '.join(LABELS)}, not {args.exercise}")
    rows = [row(args.exercise, [args.seed, number], not args.flawed) for number in range(ROWS)]
    if not cv2.imwrite(str(args.out), np.concatenate(rows)):
        raise InputError(f"cannot write {args.out}")
    return 0


def row(exercise: str, seed: list[int], clean: bool) -> np.ndarray:
    """One student: (CELL, MOMENTS * CELL, 3) uint8."""
    rng = np.random.default_rng(seed)
    track = movement(rng, () if exercise == "none" else (exercise,))
    seen = project(track, rng, clean)
    return np.concatenate([_cell(track, seen, i) for i in _moments(track, seen, rng)], axis=1)


def _moments(track: Track3D, seen: Seen, rng: np.random.Generator) -> np.ndarray:
    """The pictures to show: two repetitions after each other, or moments all over the track."""
    if not track.reps:
        return np.linspace(0, len(seen.t_s) - 1, MOMENTS).astype(int)
    number = int(rng.integers(max(1, len(track.reps) - 1)))
    first, last = track.reps[number][1], track.reps[min(number + 1, len(track.reps) - 1)][1]
    wanted = np.linspace(first.start_s, last.end_s, MOMENTS)
    return np.searchsorted(seen.t_s, wanted).clip(0, len(seen.t_s) - 1)


def _cell(track: Track3D, seen: Seen, index: int) -> np.ndarray:
    """One moment, scaled to the body's largest extent, with exercise and phase."""
    image = np.full((CELL, CELL, 3), 255, np.uint8)
    torso = float(np.median(seen.view.torso_px))
    xy, score = seen.poses[index], seen.scores[index]
    middle = seen.view.xy[index].mean(0)
    points = ((xy - middle) * (CELL / 4.2 / torso) + CELL / 2).round().astype(int)
    for a, b in LIMBS[:17]:
        if score[a] and score[b]:
            colour = LEFT if b in (5, 6, 7, 11, 12, 13, 15, 17) else RIGHT if b > 1 else MIDDLE
            cv2.line(
                image,
                tuple(map(int, points[a])),
                tuple(map(int, points[b])),
                colour,
                2,
                cv2.LINE_AA,
            )
    frame = seen.view.frame[index]
    text = f"{LABELS[track.label[frame]][:10]} {np.degrees(track.phase[frame]):.0f}"
    if not track.reps:
        text = track.kinds[track.kind[frame]]
    cv2.putText(image, text, (4, CELL - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.4, MIDDLE, 1, cv2.LINE_AA)
    return image


if __name__ == "__main__":
    sys.exit(main())
