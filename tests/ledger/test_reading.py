"""The queries behind the results, each for many attempts at once."""

from __future__ import annotations

import uuid
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.ledger import Ledger
from edge_app.ledger.reading import (
    classes_of,
    corrections_of,
    faults_of,
    repetitions_of,
    students_of,
)
from edge_app.ledger.roster import SchoolClass, class_id
from tests.ledger.making import make_start, make_student, make_verdict


@pytest.fixture
def ledger(url: str, open_ledger: Callable[..., Ledger]) -> Ledger:
    return open_ledger(url)


@pytest.fixture
def two(ledger: Ledger) -> list[uuid.UUID]:
    """Two attempts of two repetitions, of which the second is at fault."""
    found = []
    for codes in (("knee", "hand"), ("knee",)):
        recording = ledger.begin(make_start())
        recording.add(make_verdict(1, codes=("hip",)))  # it counted: a word, no rejection
        recording.add(make_verdict(2, counted=False, codes=codes))
        found.append(recording.id)
    return found


def test_faults_are_those_of_rejected_repetitions(ledger: Ledger, two: list[uuid.UUID]) -> None:
    with ledger._database.read() as connection:
        found = faults_of(connection, two)
    assert found == {two[0]: {"hand": 1, "knee": 1}, two[1]: {"knee": 1}}


def test_corrections_come_in_their_order_by_attempt(ledger: Ledger, two: list[uuid.UUID]) -> None:
    for value in ("7", "8", ""):
        ledger.correct(two[1], "score", value, "Ms Li", "seen")
    with ledger._database.read() as connection:
        found = corrections_of(connection, two)
    assert [c.value for c in found.pop(two[1])] == ["7", "8", ""] and found == {}


def test_repetitions_stand_as_corrected_and_keep_their_reasons(
    ledger: Ledger, two: list[uuid.UUID]
) -> None:
    ledger.correct(two[0], "repetition", "counted", "Ms Li", "seen", 2)
    with ledger._database.read() as connection:
        corrections = tuple(corrections_of(connection, two)[two[0]])
        first, second = repetitions_of(connection, two[0], corrections)
        _, other = repetitions_of(connection, two[1], ())
    assert (first.counted, first.stands) == (True, True)
    assert (second.counted, second.stands, other.stands) == (False, True, False)
    assert [r.code for r in second.reasons] == ["knee", "hand"], "as they were said"
    assert second.reasons[0].sentence == "Mind your knee."


def test_students_and_classes_by_id_with_those_erased(ledger: Ledger) -> None:
    ada, ben = make_student("Ada", "1"), make_student("Ben", "2")
    group = SchoolClass(class_id("", "7b"), "7b")
    ledger.roster.put([ada, ben], [group])
    ledger.roster.erase(ben.id)
    with ledger._database.read() as connection:
        students = students_of(connection, [ada.id, ben.id, ada.id, uuid.UUID(int=1)])
        classes = classes_of(connection, [group.id])
    assert students[ada.id] == ada and students[ben.id].erased and len(students) == 2
    assert classes == {group.id: group}
