"""One SQL database, SQLite or PostgreSQL: connections, transactions, the steps of the schema."""

from __future__ import annotations

import importlib.util
import sqlite3
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Iterator

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)

from edge_app.errors import InputError
from edge_app.ledger import schema

MIGRATIONS = Path(__file__).with_name("migrations")
ANOTHER = "another kiosk is running with this ledger and this station's name"
OURS_TO_MEND = (IntegrityError, ProgrammingError, DataError)  # of a program, not of a disk


class Database:
    """Gives out transactions.

    Attributes:
        url: without password.

    Args:
        url: `sqlite:///file`, `postgresql://…`, or the path of a SQLite file.
        wait_s: how long a writer waits for another one.

    Raises:
        InputError: the URL is none, of another kind of database, or of one without its driver.
    """

    def __init__(self, url: str, wait_s: float = 2.0) -> None:
        self._held: Any = None
        parsed = parse_url(url)
        self.url = parsed.render_as_string(hide_password=True)
        self.path = Path(parsed.database or "") if parsed.drivername == "sqlite" else None
        if not self.path and importlib.util.find_spec("psycopg") is None:
            raise InputError("PostgreSQL's driver is not installed: pip install 'psycopg[binary]'; "
                             "Python 3.8 on ARM has none, there the ledger is SQLite")  # fmt: skip
        if self.path:
            _make_folder(self.path.parent)
            self._engine = create_engine(parsed, connect_args={"timeout": wait_s})
            _prepare_sqlite(self._engine)
        else:
            self._engine = create_engine(
                parsed, pool_pre_ping=True, connect_args={"connect_timeout": 5}
            )
            _prepare_postgresql(self._engine, wait_s)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look at the database."""
        isolation = {} if self.path else {"isolation_level": "REPEATABLE READ"}
        engine = self._engine.execution_options(**isolation)
        with engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is stored whole when the block ends, or not at all."""
        with self._engine.execution_options(immediate=True).begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Brings an empty or older database to the newest schema; an up-to-date one is only read.

        Raises:
            InputError: the database was made by a newer version of this program.
        """
        with self.read() as connection:
            found = _revision(connection)
        if found == schema.HEAD:
            return
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with self.write() as connection:
            if not self.path:  # two kiosks may start at once
                connection.execute(text("SELECT pg_advisory_xact_lock(7377)"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as exc:
                raise InputError(
                    f"{self.url} has schema {found}, made by a newer edge-reps; this one knows "
                    f"{schema.HEAD}"
                ) from exc

    def hold(self, key: uuid.UUID) -> None:
        """Marks this program as the only one of its kind; the mark goes when the program does.

        Args:
            key: of what it is the only one, for a database that many share.

        Raises:
            InputError: another program has the mark.
        """
        if self._held is not None:
            return
        if self.path:
            self._held = lock_file(self.path)
            return
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:  # waits a little: the server may not have noticed yet that a killed kiosk is gone
            number = key.int % 2**63
            connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": number})
        except OperationalError as exc:
            connection.close()
            raise InputError(ANOTHER) from exc
        self._held = connection

    def close(self) -> None:
        """Gives all connections back."""
        if self._held is not None:
            self._held.close()
        self._engine.dispose()


def parse_url(url: str) -> URL:
    """A path becomes a SQLite URL; PostgreSQL is spoken to by psycopg 3.

    Raises:
        InputError: not the URL of a database that the ledger knows.
    """
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as exc:
        raise InputError("the ledger's URL is no database URL: use sqlite:///FILE or "
                         "postgresql://USER@HOST/NAME") from exc  # fmt: skip
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise InputError(f"the ledger knows sqlite and postgresql, not {parsed.drivername}")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise InputError("the ledger needs a file")
    return parsed


def lock_file(path: Path) -> IO[str]:
    """The mark of the one kiosk that uses a SQLite ledger; it goes when the file is closed.

    Raises:
        InputError: another kiosk has it, or it cannot be made.
    """
    import fcntl

    try:
        mark = open(f"{path}.lock", "a")  # noqa: SIM115 (held as long as the kiosk lives)
    except OSError as exc:
        raise InputError(f"cannot write {path}.lock: {exc.strerror}") from exc
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        mark.close()
        raise InputError(ANOTHER) from exc
    return mark


def take_seq(connection: Connection, count: int) -> int:
    """The first of `count` new sequence numbers; other writers wait from here to the commit."""
    table = schema.ledger
    connection.execute(update(table).values(last_seq=table.c.last_seq + count))
    last: int = connection.execute(select(table.c.last_seq)).scalar_one()
    return last - count + 1


def said(error: DBAPIError) -> str:
    """What a failing database means, in one sentence for the person at the screen."""
    message = (str(error.orig).strip().splitlines() or ["it does not say why"])[0]
    if "full" in message:
        return "The disk is full."
    if "locked" in message or "lock timeout" in message:
        return "Another program holds the ledger."
    if "malformed" in message or "not a database" in message:
        return f"The ledger is damaged: {message}."
    return f"The ledger cannot be reached: {message}."


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise InputError(f"cannot make the folder {folder}: {exc.strerror}") from exc


def _prepare_sqlite(engine: Engine) -> None:
    """SQLite as a ledger needs it: WAL, every commit on the disk, foreign keys, real BEGINs."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # the driver must not begin and commit by itself
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what is forgotten is overwritten, not only unlinked
            "recursive_triggers=ON",  # or INSERT OR REPLACE would delete past the triggers
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer that begins as a reader can fail at its first write instead of waiting.
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _prepare_postgresql(engine: Engine, wait_s: float) -> None:
    """Nobody waits for another program for ever."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.execute(f"SET lock_timeout = {int(wait_s * 1000)}")
        connection.commit()


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
