"""The ledger's current tables; `migrations/versions` has the steps that lead to them.

Roster tables hold a state and may change. Event tables only grow: triggers refuse UPDATE and
DELETE, except that `evidence` may be deleted when its time is over. No event holds a name, so that
erasing a student's name in the roster leaves the results without it.

Events carry a station and `seq`, a Lamport clock: larger than every `seq` its database had seen.
Their order needs no wall clock. They also carry the clock that gave their time; `known_time` says
what that time is worth.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)

HEAD = "0003"  # the newest migration


class Utc(TypeDecorator):  # type: ignore[type-arg]  # not generic in SQLAlchemy at run time
    """Aware times, kept as UTC; SQLite has no time zones and would return naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        value = value.astimezone(timezone.utc)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=timezone.utc)
        return value.astimezone(timezone.utc)


METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *columns: Any) -> Table:
    return Table(name, METADATA, *columns)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _refers(name: str, table: str, nullable: bool = False) -> Column[Any]:
    return Column(name, Uuid, ForeignKey(f"{table}.id"), nullable=nullable)


def _event(name: str, *columns: Any) -> Table:
    return _table(
        name,
        Column("id", Uuid, primary_key=True),
        _refers("station_id", "stations"),
        Column("seq", BigInteger, nullable=False),
        Column("recorded_utc", Utc, nullable=False),
        *columns,
        Column("clock_id", Uuid),  # of `clocks`; events from before 0.3 have none
        Index(None, "station_id", "seq"),
    )


ledger = _table(  # one row: this database itself
    "ledger",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("database_id", Uuid, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
)
stations = _table(
    "stations",
    Column("id", Uuid, primary_key=True),
    Column("database_id", Uuid, nullable=False),  # where it was first written
    _text("name"),
)
sync_marks = _table(  # the last event of each station that this database has sent to another
    "sync_marks",
    Column("target_id", Uuid, primary_key=True),
    Column("station_id", Uuid, primary_key=True),
    Column("sent_seq", BigInteger, nullable=False),
)
sightings = _table(  # what this database held when a trusted clock showed `seen_utc`
    "sightings",
    Column("id", Uuid, primary_key=True),  # a station, student or attempt, see `retention`
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("seen_utc", Utc, nullable=False),
)

classes = _table(
    "classes",
    Column("id", Uuid, primary_key=True),
    _text("school"),
    _text("name"),
    Column("changed_utc", Utc, nullable=False),
    Column("source_id", Text, nullable=False, server_default=""),  # in the school's system
)
students = _table(
    "students",
    Column("id", Uuid, primary_key=True),
    _text("school"),
    _text("number"),  # the school's own number of the student
    _text("first_name"),
    _text("middle_name"),
    _text("last_name"),
    _text("gender"),
    Column("birth_date", Date),
    _text("grade"),
    Column("erased", Boolean, nullable=False),
    Column("changed_utc", Utc, nullable=False),
    Column("source_id", Text, nullable=False, server_default=""),  # in the school's system
    Column("clock_id", Uuid),  # that gave `changed_utc`
    Index(None, "school", "number"),
)
enrolments = _table(
    "enrolments",
    Column("id", Uuid, primary_key=True),
    _refers("class_id", "classes"),
    _refers("student_id", "students"),
    Column("active", Boolean, nullable=False),
    Column("changed_utc", Utc, nullable=False),
    Index(None, "class_id"),
    Index(None, "student_id"),
)

imports = _table(  # the last rosters that were imported, so that they can be taken back
    "imports",
    Column("id", Integer, primary_key=True, autoincrement=False),  # counts up
    Column("imported_utc", Utc, nullable=False),
    _text("name"),  # of the file
)
import_rows = _table(
    "import_rows",
    Column("import_id", Integer, ForeignKey("imports.id"), primary_key=True),
    Column("row_id", Uuid, primary_key=True),
    _text("table_name"),
    Column("before", JSON(none_as_null=True)),  # the row as it was; NULL: there was none
    _text("after"),  # digest of the row that was stored
    Index(None, "row_id"),
)

clocks = _table(  # a station's clock from one start, jump or change of trust to the next
    "clocks",
    Column("id", Uuid, primary_key=True),
    _refers("station_id", "stations"),
    Column("seq", BigInteger, nullable=False),
    Column("recorded_utc", Utc, nullable=False),  # when it began, as it said itself
    _text("boot"),  # which start of which device
    Column("boot_s", Float, nullable=False),  # seconds since that start when it began
    Column("offset_s", Float, nullable=False),  # seconds since 1970 less seconds since the start
    Column("trusted", Boolean, nullable=False),
    _text("why"),
    Index(None, "station_id", "seq"),
    Index(None, "boot"),
)
attempts = _event(
    "attempts",
    _refers("student_id", "students", nullable=True),
    _refers("class_id", "classes", nullable=True),
    Column("started_utc", Utc, nullable=False),
    Column("start_s", Float, nullable=False),  # capture time of "go"
    Column("started_boot_s", Float),  # seconds since the device's start; None if not from its clock
    _text("exercise"),
    _text("protocol"),
    Column("rules", JSON, nullable=False),  # the protocol in force, value by value
    _text("mat"),
    _text("model"),
    _text("program"),
    Index(None, "student_id"),
    Index(None, "class_id"),
    Index(None, "started_utc"),
    Index(None, "seq", "id"),
)
repetitions = _event(
    "repetitions",
    _refers("attempt_id", "attempts"),
    Column("number", Integer, nullable=False),
    Column("start_s", Float, nullable=False),
    Column("extreme_s", Float, nullable=False),
    Column("end_s", Float, nullable=False),
    Column("counted", Boolean, nullable=False),
    Column("fault", Boolean, nullable=False),
    Column("value", Integer, nullable=False),  # what it adds: 1, or the seconds of a hold
    Column("count", Integer, nullable=False),  # count so far, including this one
    Column("score", Float, nullable=False),
    Column("extremes", JSON, nullable=False),
    Column("penalty", JSON, nullable=False),
    UniqueConstraint("attempt_id", "number"),
)
faults = _event(
    "faults",
    _refers("repetition_id", "repetitions"),
    Column("position", Integer, nullable=False),
    _text("code"),
    _text("sentence"),
    Column("share", Float),  # of the penalty, if the fault has one
    UniqueConstraint("repetition_id", "position"),
)
endings = _event(
    "endings",
    _refers("attempt_id", "attempts"),
    _text("how"),
    UniqueConstraint("attempt_id"),
)
corrections = _event(
    "corrections",
    _refers("attempt_id", "attempts"),
    _text("kind"),
    Column("number", Integer),  # of the repetition, if it corrects one
    _text("value"),
    _text("who"),
    _text("why"),
    Index(None, "attempt_id"),
)
evidence = _event(
    "evidence",
    _refers("attempt_id", "attempts"),
    Column("part", Integer, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),  # `evidence.pack`
    UniqueConstraint("attempt_id", "part"),
)

# Parents before children: the order in which rows may be inserted.
ROSTER = (classes, students, enrolments)
EVENTS = (clocks, attempts, repetitions, faults, endings, corrections, evidence)
