"""`reps doctor`: checks this device, and says how to fix what is wrong."""

from __future__ import annotations

import argparse
import json

from edge_app.cli.options import add_model, open_network
from edge_app.device.clock import ClockState, Witnesses, judge
from edge_app.device.clock_sources import ClockSources, device_clocks
from edge_app.device.doctor import OK, as_table, examine, exit_code


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps doctor`."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument(
        "--ledger",
        metavar="URL",
        help="compare the clock with this one (default: as in `reps results`)",
    )
    add_model(parser)


def execute(args: argparse.Namespace) -> int:
    """Prints every finding with its fix; returns 0 if all is fine, 1 if something needs fixing."""
    findings = examine(lambda: open_network(args), clock_state(args.ledger, device_clocks()))
    if args.json:
        print(json.dumps(as_table(findings), indent=1, ensure_ascii=False))
    else:
        for finding in findings:
            mark = "" if finding.level == OK else f"{finding.level.upper()}: "
            print(f"{finding.what:16s} {mark}{finding.said}")
            if finding.fix:
                print(f"{'':16s} → {finding.fix}")
    return exit_code(findings)


def clock_state(ledger: str | None, sources: ClockSources) -> ClockState:
    """The state of the clock, compared with the ledger if there is one."""
    known = None
    try:
        from edge_app.ledger.ledger import default_url
        from edge_app.ledger.station_clock import clock_of
    except ModuleNotFoundError:  # without the extra `kiosk` there is no ledger
        pass
    else:
        known = clock_of(ledger or default_url(), sources)
    if known is not None:
        return known
    said = judge(sources.now(), Witnesses(sources.synchronised(), sources.rtc_s()))
    return ClockState(said.trusted, said.why)
