"""One SQL database, SQLite or PostgreSQL: connections, transactions and schema migrations."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import uuid
from contextlib import contextmanager, suppress
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
from edge_app.files import make_private
from edge_app.ledger import schema

MIGRATIONS = Path(__file__).with_name("migrations")
ANOTHER = "another kiosk already uses this ledger and this station name"
DAMAGED = "The ledger is damaged"
OURS_TO_MEND = (IntegrityError, ProgrammingError, DataError)  # of a program, not of a disk


class Database:
    """Opens transactions on one database.

    Attributes:
        url: without password.

    Args:
        url: `sqlite:///file`, `postgresql://…`, or the path of a SQLite file.
        wait_s: how long a writer waits for another one.

    Raises:
        InputError: the URL is invalid, or its kind of database or its driver is not available.
    """

    def __init__(self, url: str, wait_s: float = 2.0) -> None:
        self._held: Any = None
        parsed = parse_url(url)
        self.url = parsed.render_as_string(hide_password=True)
        self.path = Path(parsed.database or "") if parsed.drivername == "sqlite" else None
        if not self.path and importlib.util.find_spec("psycopg") is None:
            raise InputError("the PostgreSQL driver is missing: pip install 'psycopg[binary]'; "
                             "Python 3.8 on ARM has none, use SQLite there")  # fmt: skip
        if self.path:
            _make_file(self.path)
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
        """A transaction that commits as a whole when the block ends, or not at all."""
        with self._engine.execution_options(immediate=True).begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Migrates an empty or older database to the newest schema; only reads an up-to-date one.

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
        """Takes an exclusive lock for this program; it ends with the program.

        Args:
            key: what the lock is for, in a database that several programs share.

        Raises:
            InputError: another program holds the lock.
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
        """Closes all connections."""
        if self._held is not None:
            self._held.close()
        self._engine.dispose()


def parse_url(url: str) -> URL:
    """The URL of a database: a path becomes a SQLite URL; PostgreSQL uses psycopg 3.

    Raises:
        InputError: not the URL of a supported database.
    """
    try:
        parsed = make_url(url if "://" in url else f"sqlite:///{url}")
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as exc:
        raise InputError("the ledger's URL is not a database URL: use sqlite:///FILE or "
                         "postgresql://USER@HOST/NAME") from exc  # fmt: skip
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise InputError(f"the ledger must be sqlite or postgresql, not {parsed.drivername}")
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise InputError("the ledger's URL names no file: use sqlite:///FILE")
    return parsed


def lock_file(path: Path) -> IO[str]:
    """The lock of the one kiosk that uses a SQLite ledger; closing the file releases it.

    Raises:
        InputError: another kiosk holds it, or the lock file cannot be written.
    """
    import fcntl

    try:
        mark = open(f"{path}.lock", "a")  # noqa: SIM115 (held as long as the kiosk lives)
        make_private(Path(mark.name))
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
    """A database error in one sentence for the person at the screen."""
    message = (str(error.orig).strip().splitlines() or ["no reason given"])[0]
    if "full" in message:
        return "The disk is full."
    if "locked" in message or "lock timeout" in message:
        return "Another program holds the ledger."
    if "malformed" in message or "not a database" in message:
        return f"{DAMAGED}: {message}."
    return f"The ledger cannot be reached: {message}."


def _make_file(path: Path) -> None:
    """Makes folder and file if they are missing; nobody else may read the file or SQLite's other
    files, which get its mode when SQLite makes them."""
    folder = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise InputError(f"cannot make the folder {folder}: {exc.strerror}") from exc
    if not os.path.exists(path):
        with suppress(OSError, ValueError):  # SQLite says why it cannot
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    make_private(path, *(Path(f"{path}{end}") for end in ("-wal", "-shm", ".lock")))


def _prepare_sqlite(engine: Engine) -> None:
    """Sets up SQLite for a ledger: WAL, every commit synced, foreign keys, explicit BEGIN."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # the driver must not begin and commit by itself
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # deleted rows are overwritten, not only unlinked
            "recursive_triggers=ON",  # or INSERT OR REPLACE would delete past the triggers
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that begins as a reader can fail at its first write instead of waiting.
        immediate = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _prepare_postgresql(engine: Engine, wait_s: float) -> None:
    """Limits how long a statement waits for another program."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.execute(f"SET lock_timeout = {int(wait_s * 1000)}")
        connection.commit()


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
