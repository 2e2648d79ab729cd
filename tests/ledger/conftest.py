"""Both databases for every test that asks for a `url`."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterator

import pytest

if TYPE_CHECKING:  # without the extra `kiosk` the modules here are skipped, each with a word
    from edge_app.ledger.ledger import Ledger


def _programs() -> Path | None:
    """Where initdb and pg_ctl are; Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _as_postgres(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package makes a user for it."""
    if os.getuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of our own in a temporary folder, reached by a socket; its URL less the name."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    with tempfile.TemporaryDirectory(prefix="reps-pg") as name:  # short: a socket's path has 107
        folder = Path(name)
        prefix = _as_postgres(folder)
        data = folder / "data"

        def run(*command: str) -> None:
            done = subprocess.run(
                [*prefix, *command], cwd=folder, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr

        run(str(programs / "initdb"), "-D", str(data), "-U", "reps", "--auth=trust", "-E", "UTF8")
        options = f"-c listen_addresses='' -k {folder} -c fsync=off"
        start = ["start", "-w", "-o", options, "-l", str(folder / "log")]
        run(str(programs / "pg_ctl"), "-D", str(data), *start)
        try:
            server = f"postgresql://reps@/{{}}?host={folder}"
            _make_template(server)
            yield server
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "stop", "-m", "immediate")


def _do(url: str, *commands: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for command in commands:
            connection.execute(command)


def _make_template(server: str) -> None:
    """The schema is made once; copying it is faster than making it for every test."""
    from edge_app.ledger.database import Database

    _do(server.format("postgres"), "CREATE DATABASE template")
    database = Database(server.format("template"))
    database.migrate()
    database.close()


def _new_database(server: str) -> str:
    name = f"t{uuid.uuid4().hex[:12]}"
    _do(server.format("postgres"), f"CREATE DATABASE {name} TEMPLATE template")
    url = server.format(name)
    _do(url, "UPDATE ledger SET database_id = gen_random_uuid()")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.sqlite"
    return _new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """An empty PostgreSQL database."""
    return _new_database(postgresql)


@pytest.fixture
def open_ledger() -> Iterator[Callable[..., Ledger]]:
    """`Ledger`, closed when the test ends."""
    from edge_app.ledger.ledger import Ledger

    opened: list[Ledger] = []

    def make(*args: Any, **options: Any) -> Ledger:
        opened.append(Ledger(*args, **options))
        return opened[-1]

    yield make
    for ledger in opened:
        ledger.close()
