"""The options of `reps results`, without heavy imports."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path


def add_results(parser: argparse.ArgumentParser) -> None:
    """Adds the subcommands and options of `reps results`."""
    does = parser.add_subparsers(dest="does", required=True)

    _add_import(does)

    write = _add(does, "export", "write results, or the roster, as a table")
    write.add_argument("out", type=Path, help=".csv or .xlsx; .json for the poses of one --attempt")
    write.add_argument(
        "--fitnessgram", action="store_true", help="write one row per student and day"
    )
    write.add_argument(
        "--roster", action="store_true", help="write students and classes instead of results"
    )
    write.add_argument("--attempt", help="attempt id, or its beginning")
    _add_filter(write)

    show = _add(does, "list", "print attempts, newest first, or one attempt in full")
    show.add_argument("attempt", nargs="?", help="attempt id, or its beginning")
    show.add_argument("--limit", type=int, default=50)
    _add_filter(show)

    correct = _add(does, "correct", "correct an attempt; nothing is overwritten")
    correct.add_argument("attempt", help="attempt id, or its beginning")
    what = correct.add_mutually_exclusive_group(required=True)
    what.add_argument("--score", help="set the result to this number; '' undoes that")
    what.add_argument("--counted", type=int, metavar="N", help="count repetition N")
    what.add_argument("--rejected", type=int, metavar="N", help="reject repetition N")
    what.add_argument(
        "--student", metavar="NUMBER", help="assign the attempt to this student; '' for nobody"
    )
    what.add_argument("--void", action="store_true", help="void the attempt")
    what.add_argument("--valid", action="store_true", help="restore a voided attempt")
    correct.add_argument("--who", required=True)
    correct.add_argument("--why", required=True)
    _add_upkeep(does)


def _add_import(does: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """import, undo-import."""
    said = "import a roster: CSV, Excel, or a folder or zip of OneRoster, Clever or SDS files"
    read = _add(does, "import", said)
    read.add_argument("file", type=Path)
    read.add_argument("--dry-run", action="store_true", help="only report what would change")
    read.add_argument("--yes", action="store_true", help="do not ask on a terminal")
    read.add_argument(
        "--skip-bad", action="store_true", help="import the good rows even if there are bad ones"
    )
    read.add_argument(
        "--complete",
        action="store_true",
        help="the file lists its classes completely; others leave them",
    )
    read.add_argument(
        "--encoding", default="", help="encoding of the file, such as gb18030, if detection fails"
    )
    read.add_argument(
        "--dates",
        default="",
        choices=("day-first", "month-first", "year-first"),
        help="order of day, month and year in dates of birth, if the file does not tell",
    )
    read.add_argument(
        "--numbers",
        default="",
        choices=("as-written",),
        help="take student numbers as they stand, even if a spreadsheet may have damaged them",
    )
    undo = _add(does, "undo-import", "take the last import of a roster back; results are kept")
    undo.add_argument("--yes", action="store_true", help="do not ask on a terminal")


def _add_upkeep(does: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """sync, check, rescue, forget."""
    send = _add(does, "sync", "send what another database lacks; safe to repeat")
    send.add_argument(
        "--to", required=True, metavar="URL", help="target: a file, or postgresql://…"
    )
    send.add_argument(
        "--whole", action="store_true", help="compare everything, not only what is new"
    )

    check = _add(does, "check", "check the ledger, or compare an exported table with it")
    check.add_argument("table", type=Path, nargs="?", help="an exported .csv to compare")

    save = does.add_parser("rescue", help="save what can be read of a damaged ledger file")
    save.add_argument("source", type=Path, help="the damaged SQLite file")
    save.add_argument("target", type=Path, help="the new ledger; it must not exist yet")

    forget = _add(does, "forget", "delete evidence and names past their retention period")
    forget.add_argument("--evidence-days", type=int, default=90)
    forget.add_argument("--names-days", type=int, default=400)
    forget.add_argument(
        "--trust-rtc",
        action="store_true",
        help="the real-time clock of this device has a battery and is right",
    )
    forget.add_argument("--student", metavar="NUMBER", help="delete only this student's name, now")


def _add(
    does: argparse._SubParsersAction[argparse.ArgumentParser], name: str, said: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = does.add_parser(name, help=said)
    parser.add_argument(
        "--ledger",
        metavar="URL",
        help="file or postgresql://… (default: $EDGE_REPS_LEDGER, or the user's data folder)",
    )
    return parser


def _add_filter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--class", dest="of_class", metavar="NAME")
    parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--until", type=date.fromisoformat, help="last day, included", metavar="…")
    parser.add_argument("--exercise")
    parser.add_argument("--protocol")
