"""A roster file becomes the roster, or is refused as a whole."""

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
    """Stores what a file says, in one transaction.

    Args:
        roster: of a ledger.
        file: as it was read.
        skip_bad: store the good rows although there are bad ones.
        complete: the classes in the file hold exactly its students; others leave them.
        dry_run: only say what would be done.

    Returns:
        What was done; all zeros when the same file was imported before.

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
