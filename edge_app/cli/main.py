"""The command `reps`."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from edge_app import __version__
from edge_app.cli.options import add_device_commands, add_model
from edge_app.cli.results_options import add_results
from edge_app.errors import InputError

KIOSK_EXTRA = (
    "sqlalchemy",
    "alembic",
    "openpyxl",
    "fastapi",
    "uvicorn",
    "argon2",
    "prometheus_client",
)


def build_parser() -> argparse.ArgumentParser:
    """All subcommands and their options."""
    parser = argparse.ArgumentParser(
        prog="reps", description="Counts the valid repetitions of an exercise."
    )
    parser.add_argument("--version", action="version", version=f"reps {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)

    count = commands.add_parser("count", help="count the repetitions in a video file")
    count.add_argument("clip", type=Path, help="a video file; with --ray a folder of them")
    count.add_argument("--exercise", help="a name, the path of a .toml, or auto")
    count.add_argument("--protocol", help="a school's test: a name, or a protocol .toml")
    count.add_argument(
        "--mats",
        "--stations",
        type=int,
        default=1,
        help="students side by side, each counted apart (--stations is the old name)",
    )
    count.add_argument("--out", type=Path, help="write the annotated video here (.mp4)")
    count.add_argument("--json", type=Path, help="write repetitions, parameters and poses here")
    count.add_argument("--csv", type=Path, help="write one row a repetition here")
    count.add_argument("--coco", type=Path, help="write the poses as COCO keypoint results here")
    count.add_argument("--max-fps", type=_rate, help="drop frames above this rate")
    count.add_argument("--quiet", action="store_true", help="no progress bar")
    count.add_argument("--timing", action="store_true", help="print where the time went")
    count.add_argument(
        "--ray", metavar="ADDRESS",
        help="count all clips below a folder on a Ray cluster (HOST:PORT, auto, or local) into the "
        "ledger; given again it goes on where it was stopped",
    )  # fmt: skip
    count.add_argument("--ledger", metavar="URL", help="of --ray; left out: as of reps results")
    add_model(count)

    teach = commands.add_parser("teach", help="learn an exercise from a few good repetitions")
    teach.add_argument("clip", type=Path)
    teach.add_argument("--name", required=True, help="of the new exercise")
    teach.add_argument("--reps", type=int, default=3, help="how many repetitions the clip shows")
    teach.add_argument("--out", type=Path, help="write it here; if left out NAME.toml")
    teach.add_argument("--quiet", action="store_true", help="no progress bar")
    add_model(teach)

    replay = commands.add_parser("replay", help="count a result's pose track again, without video")
    replay.add_argument("result", type=Path, help="the file of reps count --json")
    replay.add_argument("--exercise", help="another than the stored one")
    replay.add_argument("--protocol", help="another than the stored one")
    replay.add_argument("--plot", type=Path, help="draw signal and repetitions here (.png)")

    evaluate = commands.add_parser("evaluate", help="count clips whose counts are known")
    evaluate.add_argument("manifest", type=Path, help="CSV: file, exercise, count, …")
    evaluate.add_argument("--csv", type=Path, help="write one row a clip here")
    evaluate.add_argument("--tracks", type=Path, help="folder that keeps the pose tracks")
    evaluate.add_argument("--max-fps", type=_rate, default=15.0, help="drop frames above this rate")
    evaluate.add_argument("--only", help="this exercise alone")
    evaluate.add_argument(
        "--exercise", help="count every clip as this: auto, new (nothing is known), or a name"
    )
    add_model(evaluate)

    add_results(commands.add_parser("results", help="rosters, results, corrections"))

    kiosk = commands.add_parser("kiosk", help="camera, counting and the pages, for a class")
    kiosk.add_argument("--settings", type=Path, help="TOML file; flags stand above it")
    kiosk.add_argument("--data", type=Path, help="folder of ledger, PIN and choices")
    kiosk.add_argument(
        "--camera", help="usb:  usb:DEVICE  csi:N  rtsp://…  file:CLIP  file:CLIP?once  images:DIR"
    )
    kiosk.add_argument("--host", help="127.0.0.1 (if left out), or 0.0.0.0 for the hall's network")
    kiosk.add_argument("--port", type=int)
    add_model(kiosk)

    add_device_commands(commands)
    return parser


def _rate(text: str) -> float:
    rate = float(text)
    if not rate > 0:
        raise argparse.ArgumentTypeError("a rate above 0")
    return rate


def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns the exit code: 0, or 2 for input that is wrong."""
    args = build_parser().parse_args(argv)
    try:
        return _run(args)
    except InputError as exc:
        print(f"reps: {exc}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("reps: stopped", file=sys.stderr)  # files that were being written are not there
        return 130


def _run(args: argparse.Namespace) -> int:
    """A command's module is imported when it is called, so that the start is fast."""
    try:
        module = importlib.import_module(f"edge_app.cli.{args.command}")
    except ModuleNotFoundError as exc:
        if exc.name not in KIOSK_EXTRA:
            raise
        raise InputError(
            f"reps {args.command} needs the extra `kiosk`: pip install 'edge-reps[kiosk]'"
        ) from exc
    code: int = getattr(module, f"run_{args.command}")(args)
    return code


if __name__ == "__main__":
    sys.exit(main())
