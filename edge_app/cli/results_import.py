"""`reps results import` and `undo-import`: a preview first, a question on a terminal."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from datetime import date
from typing import Iterable, Sequence

from edge_app.device.clock import likely_today
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.rosters.changes import Added, Change, Changed, Left, Moved, Renamed
from edge_app.ledger.rosters.found import Reading, RosterFile
from edge_app.ledger.rosters.plan import Plan
from edge_app.ledger.rosters.reading import read_roster_path

_NAMED = 20  # bad rows, and changes of a kind, to print


def import_file(ledger: Ledger, args: argparse.Namespace) -> int:
    """Prints what importing a file would do, asks if a person is there, and does it."""
    clock = ledger.clock.look()
    today = likely_today(clock, date.today())
    as_written = args.numbers == "as-written"
    how = Reading(today, args.encoding, args.dates, as_written, not clock.trusted)
    file = read_roster_path(args.file, how)
    ask = _somebody_is_there() and not (args.yes or args.dry_run)
    if file.dates_unknown and ask:
        answer = input(
            "Which comes first in the dates of birth, day or month? [d/m/Enter: leave out] "
        )
        orders = {"d": "day-first", "m": "month-first"}
        order = orders.get(answer.strip().lower()[:1])
        if order:
            file = read_roster_path(args.file, dataclasses.replace(how, dates=order))
    print_import(file, ledger.imports.plan(file, args.complete))
    if args.dry_run:
        return 0
    wanted = args.skip_bad or not file.bad_total  # else `store` refuses, with the number of rows
    if ask and wanted and not _confirmed("Import this?"):
        print("nothing was imported")
        return 0
    ledger.imports.store(file, args.file.name, args.skip_bad, args.complete)
    print("imported")
    return 0


def undo_import(ledger: Ledger, args: argparse.Namespace) -> int:
    """Takes the last import back."""
    last = ledger.imports.last()
    if last is not None:
        at = last.imported_utc.astimezone().strftime("%Y-%m-%d %H:%M")
        print(f"the last import: {last.name}, {at}, {last.rows} rows")
        ask = _somebody_is_there() and not args.yes
        if ask and not _confirmed("Take it back?"):
            print("nothing was taken back")
            return 0
    done = ledger.imports.undo()
    print(f"taken back: {done.removed} rows removed, {done.restored} as before")
    if done.kept:
        print(f"{done.kept} students or classes have results or other classes, and were kept")
    if done.changed_since:
        print(f"{done.changed_since} rows were changed after the import, and were kept")
    return 0


def _somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _confirmed(question: str) -> bool:
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def print_import(file: RosterFile, plan: Plan) -> None:
    """Prints the preview of an import."""
    for note in file.notes:
        print(note)
    for warning in plan.warnings:
        print(f"warning: {warning}")
    if file.sample():
        print(f"names: {' · '.join(file.sample())} (if they are garbled, add --encoding)")
    for kind in (Added, Changed, Moved, Left, Renamed):
        _print_some([change_line(c) for c in plan.changes if isinstance(c, kind)])
    for bad in file.bad[:_NAMED]:
        column = f", {bad.column}" if bad.column else ""
        print(f"bad: {bad.file}, row {bad.row}{column}: {bad.reason}")
    if file.bad_total > _NAMED:
        print(f"bad: and {file.bad_total - _NAMED} more rows")
    change = plan.counts
    print(f"{len(file.students)} students in {len(file.classes)} classes: "
          f"{change.students_added} new, {change.students_changed} changed, "
          f"{change.enrolments_changed} changes of class, {file.bad_total} bad rows")  # fmt: skip


def _print_some(lines: Sequence[str]) -> None:
    for line in lines[:_NAMED]:
        print(line)
    if len(lines) > _NAMED:
        print(f"{lines[0].split(':')[0]}: and {len(lines) - _NAMED} more")


def change_line(change: Change) -> str:
    """A change in one line: what, who, and how it was and will be."""
    if isinstance(change, Renamed):
        return f"renamed: {change.before.name} → {change.after.name}"
    if isinstance(change, Changed):
        before, after = change.before.__dict__, change.after.__dict__
        fields = ", ".join(
            f"{name.replace('_', ' ')} {before[name] or '(none)'} → {after[name] or '(none)'}"
            for name in change.fields
        )
        return f"changed: {change.before.name} ({change.before.number}): {fields}"
    who = f"{change.student.name} ({change.student.number})"
    if isinstance(change, Moved):
        return f"moved: {who}: {_names(change.left) or '(no class)'} → {_names(change.joined)}"
    if isinstance(change, Added):
        return ", ".join(filter(None, (f"added: {who}", _names(change.joined))))
    return f"left: {who}, {_names(change.left)}"


def _names(classes: Iterable[str]) -> str:
    return ", ".join(sorted(classes))
