"""What each recorded time is worth: the clock that gave it, and when a right clock saw it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

STAMPED = ("attempts", "repetitions", "faults", "endings", "corrections", "evidence", "students")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Clocks and sightings; columns for events and students, empty in old rows."""
    op.create_table(
        "clocks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("recorded_utc", TIME, nullable=False),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("boot_s", sa.Float(), nullable=False),
        sa.Column("offset_s", sa.Float(), nullable=False),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_clocks_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
    )
    op.create_index(op.f("ix_clocks_station_id_seq"), "clocks", ["station_id", "seq"])
    op.create_index(op.f("ix_clocks_boot"), "clocks", ["boot"])
    op.create_table(
        "sightings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_utc", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", "number", name=op.f("pk_sightings")),
    )
    for table in STAMPED:
        op.add_column(table, sa.Column("clock_id", sa.Uuid()))
    op.add_column("attempts", sa.Column("started_boot_s", sa.Float()))
    _refuse_changes()


def _refuse_changes() -> None:
    """`clocks` only grows, as all events do."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for change in ("UPDATE", "DELETE"):
        does = (
            f"BEGIN SELECT RAISE(ABORT, 'clocks only grows: no {change}'); END"
            if sqlite
            else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER clocks_no_{change.lower()} BEFORE {change} ON clocks {does}")
    if not sqlite:
        op.execute(
            "CREATE TRIGGER clocks_no_truncate BEFORE TRUNCATE ON clocks "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
