"""Draws the scenes of the paper's experiments, counts them, and writes tables and plots.

python -m models.experiments record --seed 2 --scenes 60 --out SCENES
python -m models.experiments joints --seed 4 --scenes 90 --out JOINTS
python -m models.experiments report SCENES --joints JOINTS --out docs/results
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.runtime.providers import PROVIDERS
from edge_app.sinks.track import save_track
from models.command import tool
from models.experiments.clips import VARIANTS, ablation
from models.experiments.judge import FREE, FULL, Result, judge
from models.experiments.record import load, record
from models.experiments.report import page, plot, written_by_hand

PAGE = "experiments.md"
JITTER = 0.02  # torso lengths: what an annotator's own marks differ by


@tool("experiments")
def main(argv: list[str] | None = None) -> int:
    """The command line; invalid arguments give one sentence and exit code 2."""
    args = _parse(argv)
    if args.command == "report":
        _report(args)
    else:
        _make(args)
    return 0


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="models.experiments", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, told in (("record", "draw scenes and run the network"),
                       ("joints", "write the true joints instead")):  # fmt: skip
        command = commands.add_parser(name, help=told)
        command.add_argument("--seed", type=int, default=2)
        command.add_argument("--scenes", type=int, default=60)
        command.add_argument(
            "--clean", type=float, default=0.45, help="share of scenes without faults"
        )
        command.add_argument("--out", type=Path, required=True)
        if name == "record":
            command.add_argument("--model", default="fast", help="fast, accurate or an .onnx file")
            command.add_argument("--provider", choices=PROVIDERS, default="cpu")
    report = commands.add_parser("report", help="count recorded scenes and write the tables")
    report.add_argument("scenes", type=Path)
    report.add_argument("--joints", type=Path)
    report.add_argument("--manifest", type=Path, help="real clips, as for `reps evaluate`")
    report.add_argument("--tracks", type=Path, help="stored pose tracks of the real clips")
    report.add_argument("--out", type=Path, help="folder for experiments.md and .png")
    return parser.parse_args(argv)


def _make(args: argparse.Namespace) -> None:
    from models.experiments.plan import plan_set
    from models.experiments.scenes import Scene

    if args.scenes < 1 or args.seed < 0 or not 0 <= args.clean <= 1:
        raise InputError("--scenes must be above 0, --seed at least 0, --clean from 0 to 1.")
    plans = plan_set(args.seed, args.scenes, args.clean)
    if args.command == "record":
        record(plans, args.out, args.model, args.provider)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    for plan in tqdm(plans, unit="scene"):
        scene = Scene(plan)
        save_track(args.out / f"{plan.name}.npz", scene.exact_poses(JITTER))
        with whole_file(args.out / f"{plan.name}.json") as beside:
            beside.write_text(json.dumps(scene.truth(), indent=1) + "\n")


def _report(args: argparse.Namespace) -> None:
    """Counts everything and writes page and plot; keeps hand-written text."""
    if (args.manifest is None) != (args.tracks is None):
        raise InputError("--manifest and --tracks go together: give both for real clips.")
    words = written_by_hand(args.out / PAGE) if args.out else ""
    variants = {variant: results_of(args.scenes, variant) for variant in (*VARIANTS, FREE)}
    joints = results_of(args.joints) if args.joints else []
    clips = ablation(args.manifest, args.tracks) if args.manifest else []
    text = page(variants, joints, clips, _made_by(args, variants[FULL], joints), words)
    if args.out is None:
        print(text)
        return
    args.out.mkdir(parents=True, exist_ok=True)
    with whole_file(args.out / PAGE) as beside:
        beside.write_text(text, encoding="utf-8")
    plot(variants, args.out)


def results_of(folder: Path, variant: str = FULL) -> list[Result]:
    """Judges every recorded scene of a folder.

    Raises:
        InputError: there are no scenes.
    """
    paths = sorted(folder.glob("s*-*.json"))
    if not paths:
        raise InputError(f"no recorded scenes in {folder}.")
    return [judge(*load(path), variant) for path in paths]


def _made_by(args: argparse.Namespace, results: Sequence[Result], joints: Sequence[Result]) -> str:
    seed, count = results[0].plan.seed, len(results)
    lines = [f"    python -m models.experiments record --seed {seed} --scenes {count} --out SCENES"]
    report = "    python -m models.experiments report SCENES"
    if joints:
        seed, count = joints[0].plan.seed, len(joints)
        lines.append(
            f"    python -m models.experiments joints --seed {seed} --scenes {count} --out JOINTS"
        )
        report += " --joints JOINTS"
    if args.manifest:
        report += " --manifest MANIFEST.csv --tracks TRACKS"
    return "\n".join([*lines, report + " --out docs/results"])


if __name__ == "__main__":
    sys.exit(main())
