"""`reps doctor`: checks this device, and says how to fix what is wrong."""

from __future__ import annotations

import argparse
import json

from edge_app.cli.options import add_model, open_network
from edge_app.device.doctor import OK, as_table, examine, exit_code


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps doctor`."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    add_model(parser)


def execute(args: argparse.Namespace) -> int:
    """Prints every finding with its fix; returns 0 if all is fine, 1 if something needs fixing."""
    findings = examine(lambda: open_network(args))
    if args.json:
        print(json.dumps(as_table(findings), indent=1, ensure_ascii=False))
    else:
        for finding in findings:
            mark = "" if finding.level == OK else f"{finding.level.upper()}: "
            print(f"{finding.what:16s} {mark}{finding.said}")
            if finding.fix:
                print(f"{'':16s} → {finding.fix}")
    return exit_code(findings)
