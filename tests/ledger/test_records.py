"""What corrections make of an attempt, and when a day begins."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta, timezone

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger.records import FIRST_DAY, LAST_DAY, Correction, midnight, standing

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


def said(kind: str, value: str, number: int | None = None) -> Correction:
    return Correction(uuid.uuid4(), NOON, 1, kind, value, "Ms Li", "seen", number)


@pytest.mark.parametrize(
    ("corrections", "score", "valid", "student"),
    [
        ([], 52, True, None),
        ([said("repetition", "counted", 2)], 59, True, None),  # a hold's seconds add up
        ([said("repetition", "rejected", 1)], 12, True, None),
        ([said("repetition", "counted", 9)], 52, True, None),  # not synchronised yet
        ([said("score", "9"), said("repetition", "rejected", 1)], 9, True, None),
        ([said("score", "9"), said("score", "")], 52, True, None),
        ([said("score", "0")], 0, True, None),
        ([said("validity", "void")], 52, False, None),
        ([said("validity", "void"), said("validity", "valid")], 52, True, None),
        ([said("student", "a"), said("student", "")], 52, True, ""),
    ],
)
def test_the_last_of_each_kind_stands(
    corrections: list[Correction], score: int, valid: bool, student: str | None
) -> None:
    counted, values = {1: True, 2: False, 3: True}, {1: 40, 2: 7, 3: 12}
    found = standing(counted, values, corrections)
    assert (found.score, found.valid, found.student) == (score, valid, student)
    assert counted == {1: True, 2: False, 3: True}, "what the machine said is kept"
    assert set(found.counted) == {1, 2, 3}


def test_a_day_begins_where_the_device_stands() -> None:
    begins = midnight(date(2026, 11, 22))
    assert begins.tzinfo is not None and begins.replace(tzinfo=None) == datetime(2026, 11, 22)
    assert midnight(date(2026, 11, 22), 1).date() == date(2026, 11, 23)


@pytest.mark.parametrize(("day", "used"), [(date.min, FIRST_DAY), (date.max, LAST_DAY)])
def test_days_that_no_clock_has_are_the_first_and_the_last(day: date, used: date) -> None:
    assert midnight(day, 1).date() == used + timedelta(days=1)
