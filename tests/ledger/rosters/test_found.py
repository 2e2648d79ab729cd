"""What a roster file says."""

from __future__ import annotations

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.rosters.found import MAX_BAD, BadCell, RosterFile, unreadable
from tests.ledger.making import make_student


def test_bad_rows_beyond_measure_are_counted_only() -> None:
    file = RosterFile()
    for row in range(MAX_BAD + 7):
        file.refuse(BadCell("r.csv", row, "", "is empty"))
    assert (len(file.bad), file.bad_total) == (MAX_BAD, MAX_BAD + 7)


def test_the_sample_shows_what_an_encoding_can_garble() -> None:
    file = RosterFile()
    for number, name in enumerate(["Ada", "Ben", "Zoë", "Cem", "Dan", "Eve", "Åse"]):
        student = make_student(name, str(number))
        file.students[student.id] = student
    assert file.sample() == ["Zoë Zoë", "Åse Åse", "Ada Ada", "Ben Ben", "Cem Cem"]


def test_a_note_is_said_once_and_a_damaged_character_is_seen() -> None:
    file = RosterFile()
    file.note("read as utf-8")
    file.note("read as utf-8")
    assert file.notes == ["read as utf-8"]
    assert unreadable("赵\ufffd鸣") and not unreadable("赵一鸣")
