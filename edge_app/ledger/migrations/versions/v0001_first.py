"""The first schema: roster, events, and triggers that let events only grow."""

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

EVENTS = ("attempts", "repetitions", "faults", "endings", "corrections", "evidence")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """All tables."""
    _state()
    _roster()
    _events()
    refuse = _refuse_in_sqlite if op.get_bind().dialect.name == "sqlite" else _refuse_in_postgresql
    refuse()


def _need(name: str, kind: "sa.types.TypeEngine[Any]") -> "sa.Column[Any]":
    return sa.Column(name, kind, nullable=False)


def _texts(*names: str) -> "list[sa.Column[Any]]":
    return [_need(name, sa.Text()) for name in names]


def _refers(table: str, name: str, to: str, nullable: bool = False) -> "list[Any]":
    constraint = sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}"))
    return [sa.Column(name, sa.Uuid(), nullable=nullable), constraint]


def _create(name: str, *columns: sa.schema.SchemaItem, key: "tuple[str, ...]" = ("id",)) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")))


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _state() -> None:
    _create(
        "ledger",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        _need("database_id", sa.Uuid()),
        _need("last_seq", sa.BigInteger()),
    )
    ledger = sa.table("ledger", *(sa.column(n) for n in ("id", "last_seq")),
                      sa.column("database_id", sa.Uuid()))  # fmt: skip
    op.execute(ledger.insert().values(id=1, database_id=uuid.uuid4(), last_seq=0))
    _create("stations", _need("id", sa.Uuid()), _need("database_id", sa.Uuid()), *_texts("name"))
    _create(
        "sync_marks",
        _need("target_id", sa.Uuid()),
        _need("station_id", sa.Uuid()),
        _need("sent_seq", sa.BigInteger()),
        key=("target_id", "station_id"),
    )


def _roster() -> None:
    _create(
        "classes",
        _need("id", sa.Uuid()),
        *_texts("school", "name"),
        _need("changed_utc", TIME),
    )
    _create(
        "students",
        _need("id", sa.Uuid()),
        *_texts("school", "number", "first_name", "middle_name", "last_name", "gender"),
        sa.Column("birth_date", sa.Date()),
        *_texts("grade"),
        _need("erased", sa.Boolean()),
        _need("changed_utc", TIME),
    )
    _index("students", "school", "number")
    _create(
        "enrolments",
        _need("id", sa.Uuid()),
        *_refers("enrolments", "class_id", "classes"),
        *_refers("enrolments", "student_id", "students"),
        _need("active", sa.Boolean()),
        _need("changed_utc", TIME),
    )
    _index("enrolments", "class_id")
    _index("enrolments", "student_id")


def _event(name: str, *columns: sa.schema.SchemaItem) -> None:
    _create(
        name,
        _need("id", sa.Uuid()),
        *_refers(name, "station_id", "stations"),
        _need("seq", sa.BigInteger()),
        _need("recorded_utc", TIME),
        *columns,
    )
    _index(name, "station_id", "seq")


def _events() -> None:
    _event(
        "attempts",
        *_refers("attempts", "student_id", "students", nullable=True),
        *_refers("attempts", "class_id", "classes", nullable=True),
        _need("started_utc", TIME),
        _need("start_s", sa.Float()),
        *_texts("exercise", "protocol"),
        _need("rules", sa.JSON()),
        *_texts("mat", "model", "program"),
    )
    for column in ("student_id", "class_id", "started_utc"):
        _index("attempts", column)
    _index("attempts", "seq", "id")
    _event(
        "repetitions",
        *_refers("repetitions", "attempt_id", "attempts"),
        _need("number", sa.Integer()),
        *(_need(name, sa.Float()) for name in ("start_s", "extreme_s", "end_s")),
        *(_need(name, sa.Boolean()) for name in ("counted", "fault")),
        *(_need(name, sa.Integer()) for name in ("value", "count")),
        _need("score", sa.Float()),
        *(_need(name, sa.JSON()) for name in ("extremes", "penalty")),
        _unique("repetitions", "attempt_id", "number"),
    )
    _event(
        "faults",
        *_refers("faults", "repetition_id", "repetitions"),
        _need("position", sa.Integer()),
        *_texts("code", "sentence"),
        sa.Column("share", sa.Float()),
        _unique("faults", "repetition_id", "position"),
    )
    _event(
        "endings",
        *_refers("endings", "attempt_id", "attempts"),
        *_texts("how"),
        _unique("endings", "attempt_id"),
    )
    _event(
        "corrections",
        *_refers("corrections", "attempt_id", "attempts"),
        *_texts("kind"),
        sa.Column("number", sa.Integer()),
        *_texts("value", "who", "why"),
    )
    _index("corrections", "attempt_id")
    _event(
        "evidence",
        *_refers("evidence", "attempt_id", "attempts"),
        _need("part", sa.Integer()),
        _need("frames", sa.Integer()),
        _need("data", sa.LargeBinary()),
        _unique("evidence", "attempt_id", "part"),
    )


def _refused(table: str) -> "list[str]":
    return ["UPDATE"] if table == "evidence" else ["UPDATE", "DELETE"]


def _refuse_in_sqlite() -> None:
    for table in EVENTS:
        for change in _refused(table):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} only grows: no {change}'); END"
            )


def _refuse_in_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% only grows: no %', TG_TABLE_NAME, TG_OP; END $$"
    )
    for table in EVENTS:
        for change in _refused(table):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
