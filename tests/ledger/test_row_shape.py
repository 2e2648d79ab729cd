"""Every stored row fits the table it comes from, and no other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from edge_app.ledger import schema
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.roster import Enrolment, SchoolClass, by_hand, class_id
from edge_app.ledger.rosters.class_list import read_csv
from edge_app.ledger.rosters.found import Reading
from edge_app.ledger.row_shape import row_of
from edge_app.ledger.sqlite_pages import RawRow
from edge_app.values import Pose
from tests.ledger.making import make_start, make_verdict, right_clocks
from tests.ledger.shaky_clock import ShakyClock

HEX, TIME = "a" * 32, "2026-11-28 10:00:00.000000"


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A ledger with rows in every table."""
    path, other = tmp_path / "ledger.sqlite", tmp_path / "other.sqlite"
    clock = ShakyClock()
    ledger = Ledger(str(path), clocks=right_clocks(lambda: clock.moment().utc))
    student, group = by_hand("Ada", "Li"), SchoolClass(class_id("", "7b"), "7b")
    ledger.roster.put([student], [group], [Enrolment(group.id, student.id)])
    table = f"StudentID,StudentLastName,ClassName\n{student.number},Lee,7b\n8,Wu,7b\n"
    ledger.imports.store(read_csv(table.encode(), "r.csv", Reading(date(2026, 11, 28))), "r.csv")
    attempt = ledger.begin(make_start(student.id, group.id))
    attempt.sample(Pose.nobody(0.0), 0.5, {})
    attempt.add(make_verdict(1, codes=("knee",)))
    attempt.end("time")
    ledger.correct(attempt.id, "repetition", "rejected", "Ms Li", "seen", 1)
    ledger.forget()
    ledger.send_to(str(other))
    ledger.close()
    return path


def test_every_row_fits_its_own_table_alone(filled: Path) -> None:
    tables = schema.METADATA.sorted_tables
    with closing(sqlite3.connect(filled)) as file:
        names = {t: [r[1] for r in file.execute(f"PRAGMA table_info({t.name})")] for t in tables}
        for table in tables:
            found = file.execute(f"SELECT * FROM {table.name}").fetchall()
            assert found, f"no row in {table.name}"
            for values in found:
                row = RawRow(1, values)
                fits = [t for t in tables if row_of(t, names[t], row) is not None]
                assert fits == [table]
                assert row_of(table, names[table], row) == dict(zip(names[table], values))


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ((HEX, HEX, "gym"), True),
        ((HEX, HEX, ""), True),
        ((HEX, HEX, None), False),  # a station has a name
        ((HEX, HEX), False),
        ((HEX, HEX, 5), False),
        ((HEX, HEX[:31], "gym"), False),
        ((HEX, HEX.upper(), "gym"), False),
        ((HEX, HEX, "gym", 1), False),
    ],
)
def test_what_a_station_is(values: tuple, fits: bool) -> None:
    found = row_of(schema.stations, ["id", "database_id", "name"], RawRow(9, values))
    assert (found is not None) == fits


def test_a_row_from_before_a_column_was_added_is_shorter() -> None:
    names = [column.name for column in schema.endings.c]
    assert names[-1] == "clock_id"
    row = RawRow(1, (HEX, HEX, 7, TIME, HEX, "time"))
    found = row_of(schema.endings, names, row)
    assert found is not None and "clock_id" not in found


def test_a_whole_number_key_is_the_row_id() -> None:
    found = row_of(schema.ledger, ["id", "database_id", "last_seq"], RawRow(1, (None, HEX, 5)))
    assert found == {"id": 1, "database_id": HEX, "last_seq": 5}


@pytest.mark.parametrize("when", ["yesterday", "2026-13-01 00:00:00", ""])
def test_a_time_that_is_none(when: str) -> None:
    names = [column.name for column in schema.endings.c]
    assert row_of(schema.endings, names, RawRow(1, (HEX, HEX, 7, when, HEX, "time"))) is None
