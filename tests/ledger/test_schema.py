"""The tables: what they refuse, and that the steps lead to them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any, Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, MetaData, Table, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.database import MIGRATIONS, Database
from edge_app.ledger.ledger import Ledger
from edge_app.values import Pose
from tests.ledger.making import make_start, make_verdict

EVENTS = [table.name for table in schema.EVENTS]


@pytest.fixture
def filled(url: str, open_ledger: Callable[..., Ledger]) -> Database:
    """A database with at least one row in every event table."""
    ledger = open_ledger(url)
    recording = ledger.begin(make_start())
    recording.sample(Pose.nobody(0.0), 0.0, {})
    recording.add(make_verdict(1, codes=("knee",)))
    recording.end("time")
    ledger.correct(recording.id, "score", "3", "Ms Li", "seen")
    return ledger._database


def test_the_steps_lead_to_the_schema(empty_url: str) -> None:
    database = Database(empty_url)
    database.migrate()
    database.migrate()
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.METADATA) == []
    database.close()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def _refused(database: Database, command: str) -> None:
    with pytest.raises(DBAPIError, match="only grows: no"), database.write() as connection:
        connection.execute(text(command))


def test_events_cannot_be_changed(filled: Database) -> None:
    for table in EVENTS:
        _refused(filled, f"UPDATE {table} SET seq = 0")
        if table != "evidence":  # may be deleted when its time is over
            _refused(filled, f"DELETE FROM {table}")
        if filled.dialect == "postgresql":
            _refused(filled, f"TRUNCATE {table} CASCADE")
        with filled.read() as connection:
            assert connection.scalar(text(f"SELECT count(*) FROM {table} WHERE seq > 0")) == 1


def test_replacing_a_row_does_not_slip_past(filled: Database) -> None:
    if filled.dialect != "sqlite":
        pytest.skip("SQLite's own statement")
    replace = "INSERT OR REPLACE INTO endings SELECT * FROM endings"
    _refused(filled, replace)


def test_foreign_keys_hold(filled: Database) -> None:
    columns = "station_id, seq, recorded_utc"
    orphan = f"INSERT INTO endings SELECT {{}}, {columns}, {{}}, how, clock_id FROM endings"
    key = f"'{'0' * 32}'" + ("" if filled.dialect == "sqlite" else "::uuid")
    with pytest.raises(IntegrityError), filled.write() as connection:
        connection.execute(text(orphan.format(key, key)))


def test_a_newer_database_is_left_alone(filled: Database, url: str) -> None:
    with filled.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match=r"schema 9999, made by a newer edge-reps"):
        Ledger(url)
    with filled.write() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{schema.HEAD}'"))


@pytest.mark.parametrize(
    "bad", ["mysql://host/db", "sqlite://", "postgresql://[", "oracle://x", "nonsense://y"]
)
def test_another_url_gets_a_sentence(bad: str) -> None:
    with pytest.raises(InputError, match="ledger"):
        Ledger(bad)


def test_a_password_is_not_said() -> None:
    with pytest.raises(InputError) as caught:
        Ledger("postgresql://teacher:secret@127.0.0.1:1/school")
    assert "secret" not in str(caught.value) and "127.0.0.1" in str(caught.value)


def _as_of_the_first(empty_url: str) -> Database:
    """A database of the first release, with one attempt and one student."""
    database = Database(empty_url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    key, at = uuid.uuid4(), datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
    old = MetaData()
    with database.write() as connection:
        names = ("stations", "students", "attempts", "evidence")
        old.reflect(connection, only=names)
        for name in names:
            table, row = old.tables[name], {}
            for column in table.c:
                value: Any = {
                    "id": key, "station_id": key, "database_id": key, "student_id": key,
                    "attempt_id": key, "class_id": None, "birth_date": None, "rules": {},
                    "erased": False, "data": b"x", "seq": 7, "part": 0, "frames": 1, "start_s": 0.0,
                }.get(column.name, at if column.name.endswith("_utc") else "a")  # fmt: skip
                row[column.name] = value
            kinds = {c.name: schema.METADATA.tables[name].c[c.name].type for c in table.c}
            typed = Table(name, MetaData(), *(Column(n, k) for n, k in kinds.items()))
            connection.execute(typed.insert(), [row])
        connection.execute(schema.ledger.update().values(last_seq=7))
    database.close()
    return database


def test_a_ledger_of_the_first_release_goes_on(
    empty_url: str, open_ledger: Callable[..., Ledger]
) -> None:
    _as_of_the_first(empty_url)
    day = [datetime(2026, 11, 28, 12, tzinfo=timezone.utc)]
    ledger = open_ledger(empty_url, now=lambda: day[0])
    (old,) = ledger.results.attempts()
    assert old.clock == "" and not old.clock_trusted
    assert old.student is not None and old.student.first_name == "a"
    new = ledger.begin(make_start())
    assert [a.id for a in ledger.results.attempts()] == [new.id, old.id]
    # Nobody knows under which clock the old rows were made: their term begins with the update.
    assert ledger.forget() == (0, 0)
    assert ledger.results.evidence_bytes(old.id) == 1
    day[0] += timedelta(days=91)
    assert ledger.forget() == (1, 0)
    day[0] += timedelta(days=310)
    assert ledger.forget() == (0, 1)
    _refused(ledger._database, "UPDATE clocks SET seq = 0")
    _refused(ledger._database, "DELETE FROM clocks")
