"""`reps results`: roster import, result export and corrections on the command line."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Callable, Iterable, Mapping, Sequence

from edge_app.cli.results_import import import_file, undo_import
from edge_app.cli.results_options import add_results
from edge_app.cli.results_print import print_attempt, print_list, print_rescue
from edge_app.device.clock_sources import device_clocks
from edge_app.errors import InputError
from edge_app.files import whole_file
from edge_app.ledger import export
from edge_app.ledger.damage import damage_said
from edge_app.ledger.ledger import Ledger, default_url
from edge_app.ledger.records import AttemptDetail, Filter, midnight
from edge_app.ledger.rescue import rescue
from edge_app.ledger.retention import Retention
from edge_app.ledger.roster import Student
from edge_app.sinks.document import document_head, frame_as_dict
from edge_app.texts import MOST_BYTES, read_bytes

MOST_LISTED = 1_000_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of `reps results`."""
    add_results(parser)


def execute(args: argparse.Namespace) -> int:
    """Opens the ledger, runs one subcommand, closes it."""
    if args.does == "rescue":
        print_rescue(*rescue(args.source, args.target), args.target)
        return 0
    url = args.ledger or default_url()
    with damage_said(url, always=args.does == "check"):
        return _execute(url, args)


def _execute(url: str, args: argparse.Namespace) -> int:
    does: Mapping[str, Callable[[Ledger, argparse.Namespace], int]] = {
        "import": import_file,
        "undo-import": undo_import,
        "export": _export,
        "list": _list,
        "correct": _correct,
        "sync": _sync,
        "check": _check,
        "forget": _forget,
    }
    clocks = device_clocks(getattr(args, "trust_rtc", False))
    ledger = Ledger(url, "command line", clocks)
    try:
        return does[args.does](ledger, args)
    finally:
        ledger.close()


def _export(ledger: Ledger, args: argparse.Namespace) -> int:
    if args.out.suffix == ".json":
        return _export_evidence(ledger, args)
    if args.attempt:
        raise InputError("--attempt works with a .json file only")
    title, columns, table = _table(ledger, args)
    if args.out.suffix == ".xlsx":
        with whole_file(args.out) as path, path.open("wb") as binary:
            number = export.write_xlsx(binary, title, columns, table)
    elif args.out.suffix == ".csv":
        with whole_file(args.out) as path, path.open("w", encoding="utf-8-sig", newline="") as text:
            number = export.write_csv(text, columns, table)
    else:
        raise InputError(f"{args.out} must end in .csv, .xlsx or .json")
    print(f"{number} rows in {args.out}")
    return 0


def _table(
    ledger: Ledger, args: argparse.Namespace
) -> tuple[str, Sequence[str], Iterable[Sequence[export.Cell]]]:
    if args.roster:
        roster = ledger.roster
        table = export.roster_rows(roster.students(), roster.classes(), roster.enrolments())
        return "Roster", export.ROSTER_COLUMNS, table
    records = ledger.results.each(_filter(ledger, args))
    if args.fitnessgram:
        return "FitnessGram", export.FITNESSGRAM_COLUMNS, export.fitnessgram_rows(records)
    return "Results", export.RESULT_COLUMNS, map(export.result_row, records)


def _export_evidence(ledger: Ledger, args: argparse.Namespace) -> int:
    """Writes an attempt's poses for `reps replay`."""
    if not args.attempt:
        raise InputError("a .json file holds the poses of one attempt: add --attempt")
    detail = ledger.results.attempt(ledger.results.find(args.attempt))
    track = ledger.results.track(detail.attempt.id)
    if not len(track.t_s):
        raise InputError("the attempt has no evidence, or it was deleted")
    parameters = [dict(zip(track.parameters, row)) for row in zip(*track.parameters.values())]
    frames = [
        frame_as_dict(pose, progress, row)
        for pose, progress, row in zip(track.poses(), track.progress, parameters)
    ]
    attempt = detail.attempt
    head = document_head(
        detail.program, attempt.exercise, attempt.protocol, detail.model, attempt=str(attempt.id)
    )
    document = {**head, "frames": frames, "count": attempt.counted, "ended": attempt.ended}
    with whole_file(args.out) as path:
        path.write_text(json.dumps(document), encoding="utf-8")
    print(f"{len(frames)} frames in {args.out}")
    return 0


def _list(ledger: Ledger, args: argparse.Namespace) -> int:
    if args.attempt:
        print_attempt(ledger.results.attempt(ledger.results.find(args.attempt)))
    elif not 1 <= args.limit <= MOST_LISTED:
        raise InputError(f"--limit must be from 1 to {MOST_LISTED}")
    else:
        print_list(ledger.results.attempts(_filter(ledger, args), args.limit))
    return 0


def _correct(ledger: Ledger, args: argparse.Namespace) -> int:
    attempt, number = ledger.results.find(args.attempt), None
    if args.score is not None:
        kind, value = "score", args.score
    elif args.student is not None:
        kind = "student"
        value = str(_student(ledger, args.student).id) if args.student else ""
    elif args.void or args.valid:
        kind, value = "validity", "void" if args.void else "valid"
    else:
        kind = "repetition"
        counted = args.counted is not None
        number, value = (args.counted, "counted") if counted else (args.rejected, "rejected")
    print_list([ledger.correct(attempt, kind, value, args.who, args.why, number)])
    return 0


def _sync(ledger: Ledger, args: argparse.Namespace) -> int:
    report = ledger.send_to(args.to, args.whole)
    print(f"sent {report.events_sent} events and {report.roster_sent} rows of the roster, "
          f"fetched {report.roster_fetched}")  # fmt: skip
    return 0


def _check(ledger: Ledger, args: argparse.Namespace) -> int:
    faults = ledger.check()
    for fault in faults:
        print(fault)
    if args.table:
        faults += _differences(ledger, args.table)
    if faults:
        raise InputError(f"{len(faults)} faults")
    print("no faults found")
    return 0


def _differences(ledger: Ledger, path: Path) -> list[str]:
    """Differences between an exported table and the ledger."""
    table = export.read_table(read_bytes(path, MOST_BYTES), str(path))
    if table and "attempt" not in table[0]:
        raise InputError(f"{path} is not a table of `reps results export`")
    wrong = []
    for number, row in enumerate(table, 2):
        wrong += [f"row {number}: {fault}" for fault in _row_faults(ledger, row)]
    for said in wrong:
        print(said)
    return wrong


def _row_faults(ledger: Ledger, row: Mapping[str, str]) -> list[str]:
    try:
        found: AttemptDetail = ledger.results.attempt(ledger.results.find(row["attempt"]))
    except InputError as exc:  # a row that is cut off, or from another ledger
        return [str(exc)]
    now = dict(zip(export.RESULT_COLUMNS, map(str, export.result_row(found.attempt))))
    return [
        f"{column} is '{row.get(column)}', but '{now[column]}' in the ledger"
        for column in now
        if column in row and row[column] != now[column]  # a table of an older release has fewer
    ]


def _forget(ledger: Ledger, args: argparse.Namespace) -> int:
    if args.student:
        ledger.roster.erase(_student(ledger, args.student).id)
        print("forgotten")
        return 0
    attempts, students = ledger.forget(Retention(args.evidence_days, args.names_days))
    print(f"{attempts} attempts lost their evidence, {students} students their names")
    return 0


def _student(ledger: Ledger, number: str) -> Student:
    found = [s for s in ledger.roster.students() if s.number == number]
    if len(found) != 1:
        raise InputError(f"{len(found) or 'no'} students have the number {number}")
    return found[0]


def _filter(ledger: Ledger, args: argparse.Namespace) -> Filter:
    """The filter of attempts; days are in the device's time zone, from midnight to midnight."""
    group = None
    if args.of_class is not None:
        found = [c.id for c in ledger.roster.classes() if c.name == args.of_class]
        if len(found) != 1:
            raise InputError(f"{len(found) or 'no'} classes are called {args.of_class}")
        group = found[0]
    return Filter(
        class_id=group,
        exercise=args.exercise,
        protocol=args.protocol,
        since=midnight(args.since) if args.since else None,
        until=midnight(args.until, 1) if args.until else None,
    )
