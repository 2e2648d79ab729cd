"""Which corrections make sense, and what they change."""

from __future__ import annotations

import uuid
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.errors import InputError
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.records import Filter
from edge_app.ledger.roster import Student, student_id
from tests.ledger.making import make_start, make_verdict

Open = Callable[..., Ledger]


class TestCorrections:
    """A correction is a new row."""

    @pytest.fixture
    def ledger(self, url: str, open_ledger: Open) -> Ledger:
        return open_ledger(url)

    @pytest.fixture
    def attempt(self, ledger: Ledger) -> uuid.UUID:
        recording = ledger.begin(make_start())
        for number in (1, 2, 3):
            recording.add(make_verdict(number, counted=number != 2))
        recording.end("time")
        return recording.id

    @pytest.mark.parametrize(
        ("changes", "score", "valid"),
        [
            ([], 2, True),
            ([("repetition", "counted", 2)], 3, True),
            ([("repetition", "counted", 2), ("repetition", "rejected", 2)], 2, True),
            ([("score", "9", None)], 9, True),
            ([("score", "9", None), ("repetition", "counted", 2)], 9, True),
            ([("score", "9", None), ("repetition", "counted", 2), ("score", "", None)], 3, True),
            ([("validity", "void", None)], 2, False),
            ([("validity", "void", None), ("validity", "valid", None)], 2, True),
        ],
    )
    def test_the_last_word_stands(
        self, ledger: Ledger, attempt: uuid.UUID, changes: list, score: int, valid: bool
    ) -> None:
        for kind, value, number in changes:
            ledger.correct(attempt, kind, value, "Ms Li", "seen from the front", number)
        detail = ledger.results.attempt(attempt)
        assert (detail.attempt.score, detail.attempt.valid) == (score, valid)
        assert detail.attempt.counted == 2  # the machine's word is kept
        assert len(detail.corrections) == len(changes)
        assert all(c.who == "Ms Li" and c.why for c in detail.corrections)

    def test_it_was_somebody_else(self, ledger: Ledger, attempt: uuid.UUID) -> None:
        ada = Student(student_id("", "7"), "7", "Ada", "Li")
        ledger.roster.put([ada])
        assert ledger.correct(attempt, "student", str(ada.id), "Ms Li", "wrong tap").student == ada
        assert [a.id for a in ledger.results.attempts(Filter(student_id=ada.id))] == [attempt]
        assert ledger.correct(attempt, "student", "", "Ms Li", "a guest").student is None
        assert ledger.results.attempts(Filter(student_id=ada.id)) == []

    @pytest.mark.parametrize(
        ("kind", "value", "number", "said"),
        [
            ("score", "many", None, "number from 0"),
            ("score", "-1", None, "number from 0"),
            ("score", "٣", None, "number from 0"),  # a digit to Python, not to a database
            ("repetition", "counted", None, "goes with the correction of a repetition"),
            ("repetition", "counted", 8, "no repetition 8"),
            ("repetition", "perhaps", 1, "counted or rejected"),
            ("validity", "gone", None, "void or valid"),
            ("student", "7", None, "is not a student id"),
            ("student", str(uuid.UUID(int=1)), None, "no student has"),
            ("height", "1", None, "must be one of"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, ledger: Ledger, attempt: uuid.UUID, kind: str, value: str, number: int, said: str
    ) -> None:
        with pytest.raises(InputError, match=said):
            ledger.correct(attempt, kind, value, "Ms Li", "why not", number)
        assert ledger.results.attempt(attempt).corrections == ()

    def test_it_needs_who_and_why(self, ledger: Ledger, attempt: uuid.UUID) -> None:
        with pytest.raises(InputError, match="a name and a reason"):
            ledger.correct(attempt, "score", "3", "Ms Li", "  ")
