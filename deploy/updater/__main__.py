"""python -m updater apply BUNDLE --python NAME --key FILE [--dry-run] | return [--starting]

Run as root, by install.sh from a bundle with a checked signature, or by the guard from a release.
It runs before anything is installed, so it needs Python 3.8 and nothing else.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from updater.apply import apply
from updater.device import Refused
from updater.going_back import go_back


def main() -> int:
    """0: done or nothing to do; 1: the device runs what it ran before; 2: invalid input."""
    parser = argparse.ArgumentParser(prog="updater")
    does = parser.add_subparsers(dest="does", required=True)
    new = does.add_parser("apply")
    new.add_argument("bundle", type=Path)
    new.add_argument("--python", required=True)
    new.add_argument("--key", type=Path, required=True)
    new.add_argument("--dry-run", action="store_true")
    back = does.add_parser("return")
    back.add_argument("--starting", action="store_true", help="set by the guard")
    args = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):  # a dropped connection
        signal.signal(number, _stopped)
    try:
        if args.does == "apply":
            return apply(args.bundle, args.python, args.key, args.dry_run)
        return go_back(args.starting)
    except Refused as exc:
        print(f"edge-reps: {exc}", file=sys.stderr)
        return exc.code
    except (OSError, subprocess.SubprocessError) as exc:  # a full disk, a failing tool
        print(f"edge-reps: {exc}", file=sys.stderr)
        return 2


def _stopped(number: int, frame: Any) -> None:
    """Raises, so that whatever was stopped is started again."""
    raise Refused("interrupted", 128 + number)


sys.exit(main())
