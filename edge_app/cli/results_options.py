"""The options of `reps results`; nothing heavy is imported here."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path


def add_results(parser: argparse.ArgumentParser) -> None:
    """All that `reps results` understands."""
    does = parser.add_subparsers(dest="does", required=True)

    read = _add(does, "import", "take in a roster: CSV, or a OneRoster folder or zip")
    read.add_argument("file", type=Path)
    read.add_argument("--dry-run", action="store_true", help="only say what would be done")
    read.add_argument("--skip-bad", action="store_true", help="import the good rows all the same")
    read.add_argument("--complete", action="store_true", help="the file has all of its classes")
    read.add_argument("--encoding", default="", help="such as gb18030, where the guess is wrong")

    write = _add(does, "export", "write results, or the roster, as a table")
    write.add_argument("out", type=Path, help=".csv or .xlsx; .json for the poses of one --attempt")
    write.add_argument("--fitnessgram", action="store_true", help="a row for each student and day")
    write.add_argument("--roster", action="store_true", help="students and classes instead")
    write.add_argument("--attempt", help="its id, or how that begins")
    _add_filter(write)

    show = _add(does, "list", "print attempts, newest first, or one attempt in full")
    show.add_argument("attempt", nargs="?", help="its id, or how that begins")
    show.add_argument("--limit", type=int, default=50)
    _add_filter(show)

    correct = _add(does, "correct", "the teacher's word on an attempt; nothing is overwritten")
    correct.add_argument("attempt", help="its id, or how that begins")
    what = correct.add_mutually_exclusive_group(required=True)
    what.add_argument("--score", help="the result is this number; '' takes that back")
    what.add_argument("--counted", type=int, metavar="N", help="repetition N counts")
    what.add_argument("--rejected", type=int, metavar="N", help="repetition N does not count")
    what.add_argument("--student", metavar="NUMBER", help="it was this student; '' for nobody")
    what.add_argument("--void", action="store_true", help="the attempt does not count")
    what.add_argument("--valid", action="store_true", help="it counts after all")
    correct.add_argument("--who", required=True)
    correct.add_argument("--why", required=True)

    send = _add(does, "sync", "send what another database lacks; may be repeated at any time")
    send.add_argument("--to", required=True, metavar="URL", help="postgresql://… or a file")
    send.add_argument("--whole", action="store_true", help="compare everything, not only the new")

    check = _add(does, "check", "is the ledger whole, and does a table agree with it?")
    check.add_argument("table", type=Path, nargs="?", help="an exported .csv to compare")

    forget = _add(does, "forget", "delete evidence and names whose time is over")
    forget.add_argument("--evidence-days", type=int, default=90)
    forget.add_argument("--names-days", type=int, default=400)
    forget.add_argument("--student", metavar="NUMBER", help="this student's name, now")


def _add(
    does: argparse._SubParsersAction[argparse.ArgumentParser], name: str, said: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = does.add_parser(name, help=said)
    parser.add_argument(
        "--ledger", metavar="URL", help="a file, or postgresql://…; else $EDGE_REPS_LEDGER"
    )
    return parser


def _add_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--class", dest="of_class", metavar="NAME")
    parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--until", type=date.fromisoformat, help="and that day", metavar="…")
    parser.add_argument("--exercise")
    parser.add_argument("--protocol")
