"""Imports a roster file into the roster, as a whole or not at all."""

from __future__ import annotations

from edge_app.errors import InputError
from edge_app.ledger.roster import Enrolment, Roster, RosterChange
from edge_app.ledger.roster_file import RosterFile


def import_roster(
    roster: Roster,
    file: RosterFile,
    skip_bad: bool = False,
    complete: bool = False,
    dry_run: bool = False,
) -> RosterChange:
    """Stores a roster file in one transaction.

    Args:
        roster: of a ledger.
        file: the file's content.
        skip_bad: store the good rows even if there are bad ones.
        complete: the classes in the file have exactly its students; others leave them.
        dry_run: only report what would change.

    Returns:
        What changed; all zeros if the same file was imported before.

    Raises:
        InputError: there are bad rows and `skip_bad` is not set; nothing was changed.
    """
    if file.bad_total and not skip_bad and not dry_run:
        raise InputError(f"{file.bad_total} rows are bad; nothing was imported")
    enrolments = dict(file.enrolments)
    if complete:
        for now in roster.enrolments():
            if now.class_id in file.classes and now.id not in enrolments:
                enrolments[now.id] = Enrolment(now.class_id, now.student_id, active=False)
    students, classes = list(file.students.values()), list(file.classes.values())
    return roster.put(students, classes, list(enrolments.values()), dry_run)
