"""What the ledger promises while all is well, on both databases."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.errors import InputError
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.roster import Student, student_id
from tests.ledger.making import make_start, make_verdict

Open = Callable[..., Ledger]


def test_an_attempt_comes_back_as_it_was_given(url: str, open_ledger: Open) -> None:
    ledger = open_ledger(url)
    recording = ledger.begin(make_start())
    assert recording.add(make_verdict(1))
    assert recording.add(make_verdict(2, counted=False, codes=("knee", "hand")))
    assert recording.end("time")
    detail = ledger.results.attempt(recording.id)
    assert (detail.attempt.counted, detail.attempt.score, detail.attempt.repetitions) == (1, 1, 2)
    assert detail.attempt.ended == "time" and detail.attempt.faults == {"hand": 1, "knee": 1}
    first, second = detail.repetitions
    assert first.counted and first.stands and not second.stands
    assert [r.code for r in second.reasons] == ["knee", "hand"]
    assert (second.number, second.count, second.score) == (2, 2, 0.75)
    assert second.shares == {"knee": 0.1, "hand": 0.1}
    assert second.extremes["knee_deg"] is None  # it was NaN
    assert detail.rules["ending"]["time_s"] == 60.0
    assert detail.rules["ending"]["gap_s"] is None  # it was infinite


def test_a_second_program_sees_a_repetition_as_soon_as_it_is_stored(
    url: str, open_ledger: Open
) -> None:
    ledger, other = open_ledger(url), open_ledger(url)
    recording = ledger.begin(make_start())
    for number in range(1, 4):
        recording.add(make_verdict(number))
        assert other.results.attempts()[0].counted == number


def test_a_clock_set_back_reorders_nothing(url: str, open_ledger: Open) -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
    times = iter([noon + timedelta(minutes=m) for m in (0, 1, 2, -60, -59, -58)])
    ledger = open_ledger(url, now=lambda: next(times))
    first = ledger.begin(make_start())
    first.add(make_verdict(1))
    first.end("time")
    second = ledger.begin(make_start())
    second.add(make_verdict(1))
    second.end("time")
    newest, oldest = ledger.results.attempts()
    assert (newest.id, oldest.id) == (second.id, first.id)
    assert newest.seq > oldest.seq and newest.started_utc < oldest.started_utc
    assert newest.started_utc.tzinfo is timezone.utc


def test_unfinished_attempts_of_this_station_are_marked_once(url: str, open_ledger: Open) -> None:
    first, neighbour = open_ledger(url, "mat 1"), open_ledger(url, "mat 2")
    lost = first.begin(make_start())
    lost.add(make_verdict(1))
    elsewhere = neighbour.begin(make_start())
    again = open_ledger(url, "mat 1")
    going_on = again.begin(make_start())
    assert [a.id for a in again.close_unfinished()] == [lost.id]
    assert again.close_unfinished() == []
    ended = {a.id: a.ended for a in again.results.attempts()}
    assert ended == {lost.id: "unfinished", elsewhere.id: "", going_on.id: ""}


def test_an_erased_student_leaves_results_without_a_name(url: str, open_ledger: Open) -> None:
    ledger = open_ledger(url)
    ada = Student(student_id("", "7"), "7", "Ada", "Li", gender="f")
    ledger.roster.put([ada])
    recording = ledger.begin(make_start(student_id=ada.id))
    recording.add(make_verdict(1))
    ledger.roster.erase(ada.id)
    assert ledger.roster.students() == []
    student = ledger.results.attempts()[0].student
    assert student is not None and student.erased and student.name == "" and student.gender == ""


def test_a_student_off_the_roster_cannot_begin(url: str, open_ledger: Open) -> None:
    with pytest.raises(InputError, match="no student"):
        open_ledger(url).begin(make_start(student_id=uuid.UUID(int=5)))
