"""`reps accept`: runs on a device everything that only that device can tell."""

from __future__ import annotations

import argparse
import math
import sys
from datetime import datetime, timezone
from pathlib import Path

from tqdm import tqdm

from edge_app.camera.address import parse_address
from edge_app.cli.doctor import clock_state
from edge_app.device.clock_sources import device_clocks
from edge_app.device.hardware import ROOT
from edge_app.errors import InputError
from edge_app.tools.accept.report import continued, default_path, new_report
from edge_app.tools.accept.rig import Rig
from edge_app.tools.accept.run import STEPS, accept


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps accept`."""
    parser.add_argument(
        "--minutes", type=_minutes, default=30.0, help="of full load (default: %(default)g)"
    )
    parser.add_argument(
        "--camera", default="", metavar="ADDRESS", help="such as csi:0 (default: a USB camera)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="default: accept-BOARD-DATE.json in this folder"
    )
    parser.add_argument(
        "--only", nargs="+", choices=STEPS, metavar="STEP",
        help=f"run these steps alone ({', '.join(STEPS)}); the others of the file stay",
    )  # fmt: skip


def execute(args: argparse.Namespace) -> int:
    """Runs the steps; returns 0 if all passed or were skipped, 1 if one failed."""
    if args.camera:
        parse_address(args.camera)
    report = new_report(ROOT)
    out = args.out or default_path(report, datetime.now(timezone.utc).date())
    if out.suffix != ".json":
        raise InputError(f"--out must end in .json, not {out}")
    if args.only:
        report = continued(out, report)
    with tqdm(bar_format="{desc}", leave=False, disable=None) as line:

        def say(text: str) -> None:
            line.write(text)
            sys.stdout.flush()  # somebody may read along through a pipe

        rig = Rig(
            engines=out.with_name(f"{out.stem}-engines"),
            load_s=60 * args.minutes,
            clock=clock_state(None, device_clocks()),
            camera=args.camera,
            note=line.set_description_str,
        )
        code = accept(rig, report, out, args.only or tuple(STEPS), say)
    print(f"send back {out}")
    return code


def _minutes(text: str) -> float:
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError("must be above 0")
    return number
