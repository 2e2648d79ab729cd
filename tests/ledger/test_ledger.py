"""What the ledger promises while all is well, on both databases."""

from __future__ import annotations

import math
import uuid
from datetime import datetime, timedelta, timezone
from typing import Callable

import numpy as np
import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.errors import InputError
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.records import Filter
from edge_app.ledger.roster import Enrolment, SchoolClass, Student, class_id, student_id
from edge_app.values import Pose
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


def test_evidence_comes_back_to_the_digit(url: str, open_ledger: Open) -> None:
    ledger = open_ledger(url)
    recording = ledger.begin(make_start())
    rng = np.random.default_rng(1)
    poses = []
    for i in range(100):
        xy, score = rng.uniform(0, 1920, (18, 2)), rng.uniform(0, 1, 18)
        pose = Pose(xy.astype(np.float32), score.astype(np.float32), i / 30).rounded()
        recording.sample(pose, math.nan if i == 3 else i / 100, {"hip_deg": 90.0 + i})
        poses.append(pose)
        if i == 50:
            recording.add(make_verdict(1))  # the evidence goes out in two parts
    recording.end("stopped")
    track = ledger.results.track(recording.id)
    assert [p.t_s for p in track.poses()] == [p.t_s for p in poses]
    for got, given in zip(track.poses(), poses):
        np.testing.assert_array_equal(got.xy, given.xy)
        np.testing.assert_array_equal(got.score, given.score)
    assert math.isnan(track.progress[3])
    assert track.parameters["hip_deg"][99] == 189.0


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


def test_the_seconds_of_a_hold_are_the_result(url: str, open_ledger: Open) -> None:
    ledger = open_ledger(url)
    recording = ledger.begin(make_start())
    for number, (counted, seconds) in enumerate([(True, 40), (False, 7), (True, 12)], 1):
        recording.add(make_verdict(number, counted, value=seconds))
    recording.end("stopped")
    (attempt,) = ledger.results.attempts()
    assert (attempt.counted, attempt.score, attempt.repetitions, attempt.rejected) == (52, 52, 3, 1)
    attempt = ledger.correct(recording.id, "repetition", "rejected", "Ms Li", "hips down", 3)
    assert (attempt.counted, attempt.score) == (52, 40)
    values = [r.value for r in ledger.results.attempt(recording.id).repetitions]
    assert values == [40, 7, 12]


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
