"""What is forgotten, and when."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.ledger import Ledger
from edge_app.ledger.roster import Enrolment, SchoolClass, Student, class_id, student_id
from edge_app.values import Pose
from tests.ledger.making import make_start, make_verdict

Open = Callable[..., Ledger]


def test_evidence_and_names_are_forgotten_when_their_time_is_over(
    url: str, open_ledger: Open
) -> None:
    day = [datetime(2026, 1, 1, tzinfo=timezone.utc)]
    ledger = open_ledger(url, now=lambda: day[0])
    group = SchoolClass(class_id("", "7b"), "7b")
    ada, ben, cem = (Student(student_id("", n), n, n, "Li") for n in "abc")
    ledger.roster.put([ada, ben, cem], [group], [Enrolment(group.id, ada.id)])

    def record(student: Student) -> uuid.UUID:
        recording = ledger.begin(make_start(student.id))
        recording.sample(Pose.nobody(0.0), 0.5, {})
        recording.add(make_verdict(1))
        recording.end("time")
        return recording.id

    old = record(cem)
    day[0] += timedelta(days=91)
    new = record(ben)
    assert ledger.forget() == (1, 0)
    assert len(ledger.results.track(old).t_s) == 0 and len(ledger.results.track(new).t_s) == 1
    assert ledger.results.attempt(old).attempt.score == 1
    day[0] += timedelta(days=320)  # Ada is in a class, Ben was here in the last 400 days
    assert ledger.forget() == (1, 1)
    assert ledger.roster.students() == [ada, ben]
    assert ledger.forget() == (0, 0)


def test_who_was_given_an_attempt_by_the_teacher_keeps_the_name(
    url: str, open_ledger: Open
) -> None:
    day = [datetime(2025, 1, 1, tzinfo=timezone.utc)]
    ledger = open_ledger(url, now=lambda: day[0])
    ada, ben = (Student(student_id("", n), n, n, "Li") for n in "ab")
    ledger.roster.put([ada, ben])
    day[0] += timedelta(days=500)
    recording = ledger.begin(make_start(ada.id))
    ledger.correct(recording.id, "student", str(ben.id), "Ms Li", "wrong tap")
    assert ledger.forget() == (0, 0)
    assert ledger.roster.students() == [ada, ben]
