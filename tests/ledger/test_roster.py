"""Classes and students: what is stored, what differs, who is forgotten."""

from __future__ import annotations

import dataclasses
import uuid
from datetime import datetime, timezone
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.errors import InputError
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.roster import (
    Enrolment,
    Roster,
    RosterChange,
    SchoolClass,
    Student,
    by_hand,
    class_id,
    student_id,
)
from tests.ledger.making import make_student

GROUP, OTHER = (SchoolClass(class_id("", name), name) for name in ("7b", "7c"))
ADA, BEN = make_student("Ada", "1"), make_student("Ben", "2")


@pytest.fixture
def roster(url: str, open_ledger: Callable[..., Ledger]) -> Roster:
    now = datetime(2026, 11, 22, tzinfo=timezone.utc)
    return open_ledger(url, now=lambda: now).roster


@pytest.mark.parametrize(
    ("first", "middle", "last", "shown"),
    [
        ("Ada", "", "Li", "Ada Li"),
        ("Ada", "B", "Li", "Ada B Li"),
        ("伟", "", "张", "张伟"),
        ("Ada", "", "张", "Ada 张"),  # one of the two is no Chinese name
        ("", "", "Li", "Li"),
        ("", "", "", "7"),  # the number is all that is known
    ],
)
def test_a_name_as_a_list_shows_it(first: str, middle: str, last: str, shown: str) -> None:
    student = Student(student_id("", "7"), "7", first, last, middle)
    assert student.name == shown


def test_ids_are_the_same_on_every_kiosk_and_apart_for_every_school() -> None:
    assert student_id("101", "7") == student_id("101", "7") != student_id("102", "7")
    assert class_id("101", "7") != student_id("101", "7")
    assert Enrolment(GROUP.id, ADA.id).id == Enrolment(GROUP.id, ADA.id, active=False).id


def test_a_roster_is_stored_once_and_then_what_differs(roster: Roster) -> None:
    whole = ([ADA, BEN], [GROUP], [Enrolment(GROUP.id, ADA.id)])
    assert roster.put(*whole, dry_run=True) == RosterChange(2, 0, 1, 1)
    assert roster.students() == [] == roster.classes(), "a dry run stores nothing"
    assert roster.put(*whole) == RosterChange(2, 0, 1, 1)
    assert roster.put(*whole) == RosterChange()
    older = dataclasses.replace(ADA, grade="9")
    assert roster.put([older, BEN]) == RosterChange(students_changed=1)
    assert roster.student(ADA.id) == older
    assert roster.students() == [older, BEN] and roster.students(GROUP.id) == [older]


def test_who_changes_class_is_in_the_new_one_only(roster: Roster) -> None:
    roster.put([ADA], [GROUP, OTHER], [Enrolment(GROUP.id, ADA.id)])
    moves = [Enrolment(GROUP.id, ADA.id, active=False), Enrolment(OTHER.id, ADA.id)]
    assert roster.put(enrolments=moves) == RosterChange(enrolments_changed=2)
    assert roster.classes_of(ADA.id) == [OTHER.id]
    assert roster.students(GROUP.id) == [] and roster.students(OTHER.id) == [ADA]
    assert roster.enrolments() == [Enrolment(OTHER.id, ADA.id)]
    assert roster.classes() == [GROUP, OTHER]


def test_who_is_erased_is_a_row_without_a_name_until_the_roster_has_it_again(
    roster: Roster,
) -> None:
    roster.put([ADA, BEN], [GROUP], [Enrolment(GROUP.id, ADA.id)])
    roster.erase(ADA.id)
    assert roster.student(ADA.id) == Student(ADA.id, "", "", "", erased=True)
    assert roster.students() == [BEN] and roster.classes_of(ADA.id) == []
    assert roster.put([ADA]) == RosterChange(students_changed=1)
    assert roster.student(ADA.id) == ADA


def test_somebody_who_is_not_there(roster: Roster) -> None:
    nobody = uuid.UUID(int=1)
    with pytest.raises(InputError, match=f"no student has the id {nobody}"):
        roster.erase(nobody)
    assert roster.classes_of(nobody) == []


def test_a_guest_gets_a_number_of_our_own() -> None:
    guests = [by_hand("Ada", "Li", "8") for _ in range(2)]
    assert all(g.number.startswith("guest-") and g.name == "Ada Li" for g in guests)
    assert guests[0].id != guests[1].id == student_id("", guests[1].number)
