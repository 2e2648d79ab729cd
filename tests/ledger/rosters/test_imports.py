"""A roster file becomes the roster, or is refused as a whole."""

from __future__ import annotations

import dataclasses
import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Callable, Iterable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from edge_app.errors import InputError
from edge_app.ledger import export, schema
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.roster import (
    Enrolment,
    RosterChange,
    SchoolClass,
    class_id,
)
from edge_app.ledger.rosters.class_list import read_csv
from edge_app.ledger.rosters.found import Reading, RosterFile
from edge_app.ledger.rosters.imports import KEPT
from tests.ledger.making import NASTY, as_csv, make_start, make_student

TODAY = date(2026, 11, 22)


def test_a_roster_comes_back_as_it_was(url: str, open_ledger: Callable[..., Ledger]) -> None:
    ledger = open_ledger(url)
    students = [make_student(name, str(i)) for i, name in enumerate(NASTY)]
    groups = [SchoolClass(class_id("", name), name) for name in ("7b", "=7b", "PE")]
    enrolments = [Enrolment(groups[i % 3].id, s.id) for i, s in enumerate(students[:-1])]
    ledger.roster.put(students, groups, [*enrolments, Enrolment(groups[2].id, students[0].id)])
    table = list(export.roster_rows(ledger.roster.students(), ledger.roster.classes(),
                                    ledger.roster.enrolments()))  # fmt: skip
    assert len(table) == len(NASTY) + 1
    found = read_csv(as_csv(export.ROSTER_COLUMNS, table), "roster.csv", Reading(TODAY))
    assert not found.bad
    assert ledger.imports.plan(found, complete=True).counts == RosterChange()
    assert set(found.students.values()) == set(students)


def _state(ledger: Ledger) -> list[list[dict[str, object]]]:
    """Every row of the roster, less the time of its change."""
    state = []
    with ledger._database.read() as connection:
        for table in schema.ROSTER:
            rows = connection.execute(select(table).order_by(table.c.id))
            state.append([{**row._mapping, "changed_utc": None} for row in rows])
    return state


def _file(rows: Iterable[tuple[str, str, str, str]]) -> RosterFile:
    text = "ID,First name,Last name,Grade,Class\n" + "".join(
        f"{number},{name},Li,{grade},{of}\n" for number, name, grade, of in rows
    )
    return read_csv(text.encode(), "r.csv", Reading(TODAY))


ADA_AND_BEN = [("1", "Ada", "7", "7A"), ("2", "Ben", "7", "7A")]


class TestUndo:
    @pytest.fixture
    def ledger(self, url: str, open_ledger: Callable[..., Ledger]) -> Ledger:
        return open_ledger(url)

    def test_imports_are_taken_back_one_after_the_other(self, ledger: Ledger) -> None:
        states = [_state(ledger)]
        for name, rows in (
            ("first", ADA_AND_BEN),
            ("second", [("1", "Ana", "8", "8A"), ("3", "Cem", "8", "8A")]),
        ):
            ledger.imports.store(_file(rows), name, complete=True)
            states.append(_state(ledger))
        for name, state in (("second", states[1]), ("first", states[0])):
            assert (last := ledger.imports.last()) and last.name == name
            assert ledger.imports.undo().what == last
            assert _state(ledger) == state
        assert ledger.imports.last() is None
        with pytest.raises(InputError, match="no import to take back"):
            ledger.imports.undo()

    def test_an_import_that_changes_nothing_is_none(self, ledger: Ledger) -> None:
        ledger.imports.store(_file(ADA_AND_BEN), "first")
        ledger.imports.store(_file(ADA_AND_BEN), "again")
        assert (last := ledger.imports.last()) and (last.name, last.rows) == ("first", 5)

    def test_results_are_kept(self, ledger: Ledger) -> None:
        ledger.imports.store(_file(ADA_AND_BEN), "first")
        ada, ben = ledger.roster.students()
        (of,) = ledger.roster.classes()
        recording = ledger.begin(make_start(ada.id, of.id))
        recording.end("time")
        nobody = ledger.begin(make_start())
        nobody.end("time")
        ledger.correct(nobody.id, "student", str(ben.id), "Ms Li", "it was Ben")
        done = ledger.imports.undo()
        assert (done.kept, done.removed) == (3, 2)
        assert ledger.results.attempt(recording.id).attempt.student == ada
        assert ledger.results.attempt(nobody.id).attempt.student == ben
        assert ledger.roster.students(of.id) == [] and ledger.check() == []

    def test_what_was_changed_since_stays(self, ledger: Ledger) -> None:
        ledger.imports.store(_file(ADA_AND_BEN), "first")
        ada = ledger.roster.students()[0]
        ledger.roster.put([dataclasses.replace(ada, first_name="Adele")])
        done = ledger.imports.undo()
        assert (done.changed_since, done.removed) == (1, 4)
        assert [s.first_name for s in ledger.roster.students()] == ["Adele"]

    def test_an_erased_name_does_not_come_back(self, ledger: Ledger) -> None:
        ledger.imports.store(_file(ADA_AND_BEN), "first")
        ledger.imports.store(_file([("1", "Ana", "8", "7A")]), "second")
        ada = next(s for s in ledger.roster.students() if s.first_name == "Ana")
        ledger.roster.erase(ada.id)
        with ledger._database.read() as connection:
            rows = connection.execute(select(schema.import_rows)).all()
        assert "Ada" not in str(rows), "nor is it kept for an undo"
        ledger.imports.undo()
        assert ledger.roster.student(ada.id).erased

    def test_the_oldest_imports_cannot_be_taken_back(self, ledger: Ledger) -> None:
        for number in range(KEPT + 2):
            ledger.imports.store(_file([(str(number), "Ada", "7", "7A")]), str(number))
        for _ in range(KEPT):
            ledger.imports.undo()
        assert ledger.imports.last() is None and len(ledger.roster.students()) == 2


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "04"]),
        st.sampled_from(["Ada", "Ben", "王伟", "Zoë"]),
        st.sampled_from(["", "7", "08"]),
        st.sampled_from(["", "7A", "7B"]),
    ),
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(ROWS, st.booleans()), min_size=1, max_size=4))
def test_undo_gives_the_ledger_as_it_was(imports: list[tuple[list[Any], bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(str(Path(folder) / "ledger.sqlite"))
        try:
            states = [_state(ledger)]
            for rows, complete in imports:
                ledger.imports.store(_file(rows), "r.csv", skip_bad=True, complete=complete)
                if _state(ledger) != states[-1]:
                    states.append(_state(ledger))
            while len(states) > 1:
                states.pop()
                ledger.imports.undo()
                assert _state(ledger) == states[-1]
            assert ledger.imports.last() is None
        finally:
            ledger.close()
