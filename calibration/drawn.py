"""Drawn scenes with known repetitions and faults: `python -m calibration.drawn --out SCENES`.

The scenes of `models/experiments`, as clips, so that every runtime sees the same pictures. As many
as the gate's intervals need: with 160, one network may count two scenes worse by chance.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.runtime.contract import Backend
from edge_app.sinks.video.h264 import H264Writer
from models.experiments.judge import Result, judge
from models.experiments.plan import plan_set
from models.experiments.record import read_truth
from models.experiments.tables import overall
from models.scores import RESAMPLES, Figure, share

from .clips import track

CRF = 12  # of H.264: next to no loss
SEED, SCENES = 11, 160


def draw(seed: int, count: int, folder: Path) -> None:
    """Draws the scenes that are not in the folder yet: NAME.mp4, and its truth in NAME.json."""
    from models.experiments.scenes import FPS, Scene  # needs the renderer; counting does not

    folder.mkdir(parents=True, exist_ok=True)
    for plan in tqdm(plan_set(seed, count), unit="scene"):
        if (folder / f"{plan.name}.json").exists():
            continue
        scene = Scene(plan)
        with whole_file(folder / f"{plan.name}.mp4") as part:
            video = H264Writer(part, FPS, CRF)
            for image, t_s in zip(scene.frames(), scene.times_s, strict=True):
                video.add(image, float(t_s))
            video.close()
        with whole_file(folder / f"{plan.name}.json") as part:
            part.write_text(json.dumps(scene.truth(), indent=1) + "\n")


def judge_scenes(folder: Path, backend: Backend, cache: Path | None) -> list[Result]:
    """Counts every scene under its strict test.

    Raises:
        InputError: there is no scene, or one cannot be read.
    """
    paths = scene_paths(folder)
    judged = []
    for path in tqdm(paths, desc=f"scenes, {backend.path.name}", leave=False):
        plan, reps = read_truth(path)
        poses = track(path.with_suffix(".mp4"), plan.exercise, backend, cache)
        judged.append(judge(plan, reps, poses))
    return judged


def scene_paths(folder: Path) -> list[Path]:
    """The truths of a folder of scenes.

    Raises:
        InputError: there are none.
    """
    paths = sorted(folder.glob("s*-*.json"))
    if not paths:
        raise InputError(f"no drawn scenes in {folder}: python -m calibration.drawn --out {folder}")
    return paths


def scene_losses(reference: Sequence[Result], other: Sequence[Result]) -> dict[str, Figure]:
    """How much worse the other network counts and finds violations; > 0 is worse; over scenes."""
    pairs = list(zip(reference, other, strict=True))
    ones = np.ones(len(pairs))
    more = np.array([_normalised(b) - _normalised(a) for a, b in pairs])
    fewer = np.array([float(_near(a)) - float(_near(b)) for a, b in pairs])
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(pairs), (RESAMPLES, len(pairs)))
    spread = [
        violations_f1([reference[i] for i in one]) - violations_f1([other[i] for i in one])
        for one in drawn
    ]
    low, high = np.percentile(spread, [2.5, 97.5])
    lost = violations_f1(reference) - violations_f1(other)
    return {
        "MAE": share(more, ones),
        "OBO": share(fewer, ones),
        "violations' F1": Figure(lost, float(low), float(high), len(pairs)),
    }


def violations_f1(results: Sequence[Result]) -> float:
    """Harmonic mean of precision and recall of "does not count"."""
    precision, recall = overall(results)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def figures(results: Sequence[Result]) -> dict[str, float]:
    """One network's own figures."""
    precision, recall = overall(results)
    return {
        "scenes": len(results),
        "OBO": float(np.mean([_near(r) for r in results])),
        "MAE": float(np.mean([_normalised(r) for r in results])),
        "violations, precision": precision,
        "violations, recall": recall,
    }


def _normalised(result: Result) -> float:
    return abs(result.counted - result.valid) / max(result.valid, 1)


def _near(result: Result) -> bool:
    return abs(result.counted - result.valid) <= 1


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m calibration.drawn", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--scenes", type=int, default=SCENES)
    parser.add_argument("--out", type=Path, required=True, help="a new folder, or one to continue")
    args = parser.parse_args(argv)
    try:
        if args.scenes < 1 or args.seed < 0:
            raise InputError("--scenes must be above 0, --seed at least 0.")
        draw(args.seed, args.scenes, args.out)
    except InputError as exc:
        print(f"drawn: {exc}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
