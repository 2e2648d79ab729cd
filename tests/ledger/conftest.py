"""Both databases for every test that asks for a `url`, and a disk that fills up."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Iterator

import pytest


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
        options = f"-c listen_addresses='' -k {folder} -c fsync=off -c autovacuum=off"
        start = ["start", "-w", "-o", options, "-l", str(folder / "log")]
        run(str(programs / "pg_ctl"), "-D", str(data), *start)
        try:
            server = f"postgresql://reps@/{{}}?host={folder}"
            _do(server.format("postgres"), "CREATE DATABASE ledger")
            yield server
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "stop", "-m", "immediate")


def _do(url: str, *commands: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for command in commands:
            connection.execute(command)


def _emptied(server: str) -> str:
    """One database for all tests: emptying it is faster than making one for each."""
    from edge_app.ledger import schema
    from edge_app.ledger.database import Database

    url = server.format("ledger")
    database = Database(url)
    database.migrate()
    database.close()
    tables = ", ".join(t.name for t in schema.METADATA.sorted_tables if t.name != "ledger")
    _do(
        url,
        "SET session_replication_role = replica",  # as a superuser, past the triggers
        f"TRUNCATE {tables}",
        "UPDATE ledger SET database_id = gen_random_uuid(), last_seq = 0",
    )
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A ledger's database without rows."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.sqlite"
    return _emptied(request.getfixturevalue("postgresql"))


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """The same on PostgreSQL only."""
    return _emptied(postgresql)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.sqlite"
    server = request.getfixturevalue("postgresql")
    _do(server.format("postgres"), "DROP DATABASE IF EXISTS empty", "CREATE DATABASE empty")
    return server.format("empty")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a small file system here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
