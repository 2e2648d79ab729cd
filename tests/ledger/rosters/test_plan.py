"""What an import would change, computed from a file and a ledger's roster."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.roster import Enrolment, RosterChange, SchoolClass, Student, class_id
from edge_app.ledger.rosters.changes import Added, Changed, Left, Moved, Renamed
from edge_app.ledger.rosters.class_list import read_csv
from edge_app.ledger.rosters.found import Reading, RosterFile
from edge_app.ledger.rosters.plan import Known, Plan, make_plan
from tests.ledger.making import make_student

HOW = Reading(date(2026, 11, 22))
ADA, BEN = make_student("Ada", "1"), make_student("Ben", "2")
PE1, PE2 = (SchoolClass(class_id("", name), name) for name in ("PE 1", "PE 2"))


def _known(*students: Student, of: SchoolClass | None = PE1) -> Known:
    enrolments = [Enrolment(of.id, s.id) for s in students] if of else []
    return Known(
        {s.id: s for s in students},
        {c.id: c for c in (PE1, PE2)},
        {e.id: e for e in enrolments},
    )


def _plan(text: str, known: Known, **options: bool) -> Plan:
    return make_plan(read_csv(text.encode(), "r.csv", HOW), known, **options)


def _said(plan: Plan) -> list[tuple[str, Any, Any]]:
    said: list[tuple[str, Any, Any]] = []
    for c in plan.changes:
        if isinstance(c, Renamed):
            said.append(("Renamed", c.before.name, c.after.name))
        elif isinstance(c, Changed):
            said.append(("Changed", c.before.number, tuple(c.fields)))
        elif isinstance(c, Added):
            said.append(("Added", c.student.number, c.joined))
        elif isinstance(c, Left):
            said.append(("Left", c.student.number, c.left))
        else:
            said.append(("Moved", c.left, c.joined))
    return said


@pytest.mark.parametrize(
    ("text", "complete", "changes"),
    [
        ("ID,First name,Last name,Class\n3,Cem,Xu,PE 2\n", False, [("Added", "3", ("PE 2",))]),
        ("ID,First name,Last name,Class\n1,Ada,Ada,PE 1\n", False, []),
        ("ID,First name,Last name,Class\n1,Ada,Li,PE 1\n", False,
         [("Changed", "1", ("last_name",))]),
        ("ID,First name,Last name,Class\n1,Ada,Ada,PE 2\n", False, [("Moved", (), ("PE 2",))]),
        ("ID,First name,Last name,Class\n1,Ada,Ada,PE 1\n", True, [("Left", "2", ("PE 1",))]),
        ("ID,First name,Last name,Class\n1,Ada,Ada,PE 2\n2,Ben,Ben,PE 1\n", True,
         [("Moved", ("PE 1",), ("PE 2",))]),
        ("ID,First name,Last name,Grade\n1,Ada,Ada,08\n", False, []),  # 8 and 08 are one
        ("ID,First name,Last name,Grade\n1,Ada,Ada,\n", False, [("Changed", "1", ("grade",))]),
    ],
)  # fmt: skip
def test_changes_are_typed(text: str, complete: bool, changes: list[object]) -> None:
    assert _said(_plan(text, _known(ADA, BEN), complete=complete)) == changes


def test_what_the_file_lacks_stays() -> None:
    plan = _plan("ID,First name,Last name\n1,Ada,Li\n", _known(ADA))
    (after,) = plan.students
    assert after == dataclasses.replace(ADA, last_name="Li")
    assert plan.counts == RosterChange(students_changed=1)


def test_a_name_with_a_damaged_character_does_not_replace_a_whole_one() -> None:
    plan = _plan("ID,First name,Last name\n1,A\ufffda,Ada\n", _known(ADA))
    assert plan.changes == () and "cannot be read" in plan.warnings[0]


def test_a_name_that_was_erased_comes_back_with_the_schools_list() -> None:
    erased = Student(ADA.id, "", "", "", erased=True)
    plan = _plan("ID,First name,Last name\n1,Ada,Li\n", _known(erased, of=None))
    (after,) = plan.students
    assert after.name == "Ada Li" and not after.erased


def test_zeros_that_were_lost_are_a_warning() -> None:
    known = _known(dataclasses.replace(ADA, number="001001"))
    plan = _plan("ID,First name,Last name\n1001,Ada,Ada\n1002,Ben,Ben\n", known)
    (warning,) = plan.warnings
    assert warning.startswith("1 new student numbers differ") and "1001 and 001001" in warning
    assert _plan("ID,Name\n1,Ada\n01,Ada\n", Known()).warnings[0].startswith("1 student numbers")


def test_who_is_no_longer_active_leaves_the_classes() -> None:
    text = "StudentID,StudentLastName,StudentIsActive,ClassName\n1,Ada,N,PE 1\n2,Ben,Y,PE 1\n"
    plan = _plan(text, _known(ADA, BEN))
    assert ("Left", "1", ("PE 1",)) in _said(plan)
    assert all(student.number != "1" for student in plan.students)
    assert _plan(text, Known()).counts.students_added == 1, "nor is such a one new"


def test_an_id_of_the_schools_system_outlasts_number_and_title() -> None:
    known = Known(
        {ADA.id: dataclasses.replace(ADA, source_id="u1", school="s1")},
        {PE1.id: dataclasses.replace(PE1, source_id="c1", school="s1")},
        {},
    )
    file = RosterFile()
    ada = dataclasses.replace(make_student("Ada", "99"), source_id="u1", school="s1")
    swim = SchoolClass(class_id("s1", "\0c1"), "Swimming", "s1", "c1")
    file.students[ada.id], file.classes[swim.id] = ada, swim
    file.enrol(ada.id, swim.id)
    plan = make_plan(file, known)
    assert [s.id for s in plan.students] == [ADA.id] and [c.id for c in plan.classes] == [PE1.id]
    assert ("Renamed", "PE 1", "Swimming") in _said(plan)
    assert [(e.class_id, e.student_id) for e in plan.enrolments] == [(PE1.id, ADA.id)]


def test_an_id_of_another_school_is_somebody_else() -> None:
    known = Known({ADA.id: dataclasses.replace(ADA, source_id="u1", school="s1")})
    file = RosterFile()
    other = dataclasses.replace(make_student("Zoe", "99"), source_id="u1", school="s2")
    file.students[other.id] = other
    assert _said(make_plan(file, known)) == [("Added", "99", ())]


def test_moved_is_moved() -> None:
    assert Moved(ADA, ("PE 1",), ("PE 2",)).joined == ("PE 2",)
