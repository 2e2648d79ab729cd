"""Says in one sentence that a ledger is damaged, whichever way that shows."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Iterator

from sqlalchemy.exc import DBAPIError

from edge_app.errors import InputError
from edge_app.ledger.database import DAMAGED, parse_url, said
from edge_app.ledger.row_shape import tables_with_odd_rows

CHECKED_BYTES = 256_000_000  # a ledger up to this size is checked first, in a second or so


def damage(path: Path, thorough: bool = False) -> str:
    """What is wrong with a SQLite ledger; "" if nothing is, or nobody can look now.

    Args:
        path: of the file.
        thorough: look at indexes, references and every row too, not only at the pages.
    """
    uri = f"{path.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as file:
            pragma = "integrity_check(1)" if thorough else "quick_check(1)"
            found: str = file.execute(f"PRAGMA {pragma}").fetchone()[0]
            if found == "ok" and thorough:
                found = _odd(file)
    except sqlite3.OperationalError as exc:
        if "malformed" not in str(exc):
            return ""  # locked, or not to be opened: whoever uses it says so
        found = str(exc)
    except sqlite3.DatabaseError as exc:
        found = str(exc)
    except UnicodeDecodeError:  # SQLite names what is wrong, and its name is damaged too
        found = "malformed database schema"
    return "" if found == "ok" else found.splitlines()[-1]


def _odd(file: sqlite3.Connection) -> str:
    """What is wrong with rows whose pages are whole; "ok" if nothing is."""
    for table, _, parent, _ in file.execute("PRAGMA foreign_key_check"):
        return f"a row of {table} refers to a missing row of {parent}"
    for table in tables_with_odd_rows(file):
        return f"a row of {table} makes no sense"
    return "ok"


@contextmanager
def damage_said(url: str, always: bool = False) -> Iterator[None]:
    """Makes one sentence of every failure that comes from a damaged ledger.

    Args:
        url: of the ledger.
        always: look for damaged pages first, however large the ledger is.

    Raises:
        InputError: the ledger is damaged, or the database reports an error.
    """
    parsed = parse_url(url)
    path = Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
    if path and os.path.isfile(path) and (always or path.stat().st_size <= CHECKED_BYTES):
        _refuse(path)
    try:
        yield
    except InputError as exc:
        if path and os.path.isfile(path) and DAMAGED in str(exc):
            _refuse(path, exc)
        raise
    except Exception as exc:  # a damaged row can fail anywhere, as a date, an id or JSON
        if path and os.path.isfile(path):
            _refuse(path, exc, thorough=True)
        if isinstance(exc, DBAPIError):
            raise InputError(said(exc)) from exc
        raise


def _refuse(path: Path, cause: Exception | None = None, thorough: bool = False) -> None:
    fault = damage(path, thorough)
    if fault:
        raise InputError(
            f"the ledger {path} is damaged ({fault}): `reps results rescue {path} NEW.sqlite` "
            "saves what can be read"
        ) from cause
