"""A roster file becomes the roster, or is refused as a whole."""

from __future__ import annotations

from datetime import date
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger import export
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.roster import (
    Enrolment,
    RosterChange,
    SchoolClass,
    class_id,
)
from edge_app.ledger.rosters.class_list import read_csv
from edge_app.ledger.rosters.found import Reading
from tests.ledger.making import NASTY, as_csv, make_student

TODAY = date(2026, 11, 22)


def test_a_roster_comes_back_as_it_was(url: str, open_ledger: Callable[..., Ledger]) -> None:
    ledger = open_ledger(url)
    students = [make_student(name, str(i)) for i, name in enumerate(NASTY)]
    groups = [SchoolClass(class_id("", name), name) for name in ("7b", "=7b", "PE")]
    enrolments = [Enrolment(groups[i % 3].id, s.id) for i, s in enumerate(students[:-1])]
    ledger.roster.put(students, groups, [*enrolments, Enrolment(groups[2].id, students[0].id)])
    table = list(export.roster_rows(ledger.roster.students(), ledger.roster.classes(),
                                    ledger.roster.enrolments()))  # fmt: skip
    assert len(table) == len(NASTY) + 1
    found = read_csv(as_csv(export.ROSTER_COLUMNS, table), "roster.csv", Reading(TODAY))
    assert not found.bad
    assert ledger.imports.plan(found, complete=True).counts == RosterChange()
    assert set(found.students.values()) == set(students)
