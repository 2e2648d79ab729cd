"""The tables: what they refuse, and that the steps lead to them."""

from __future__ import annotations

from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
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
    orphan = "INSERT INTO endings SELECT {}, station_id, seq, recorded_utc, {}, how FROM endings"
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
