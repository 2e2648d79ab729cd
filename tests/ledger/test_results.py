"""Attempts are read in pages and by filter."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.ledger import Ledger
from edge_app.ledger.records import Filter
from edge_app.ledger.roster import Enrolment, SchoolClass, Student, class_id, student_id
from tests.ledger.making import make_start

Open = Callable[..., Ledger]


def test_attempts_come_in_pages_and_by_filter(url: str, open_ledger: Open) -> None:
    ledger = open_ledger(url)
    group = SchoolClass(class_id("", "7b"), "7b")
    ada = Student(student_id("", "7"), "7", "Ada", "Li")
    ledger.roster.put([ada], [group], [Enrolment(group.id, ada.id)])
    assert ledger.roster.students(group.id) == [ada]
    begun = [ledger.begin(make_start(student_id=ada.id, class_id=group.id)) for _ in range(5)]
    ledger.begin(make_start())
    got = ledger.results.attempts(Filter(class_id=group.id), limit=2)
    got += ledger.results.attempts(Filter(class_id=group.id), limit=9, before=got[-1].id)
    assert [a.id for a in got] == [r.id for r in reversed(begun)]
    assert got[0].student == ada and got[0].school_class == group
    assert len(list(ledger.results.each())) == 6
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    assert ledger.results.attempts(Filter(since=tomorrow)) == []
