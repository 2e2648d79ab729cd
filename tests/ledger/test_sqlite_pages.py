"""Rows come from pages as SQLite itself reads them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_app.ledger.sqlite_pages import leaf_rows, merge_log

INTEGERS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from([0, 1, -1, 127, 128, -129, 2**15, 2**23, 2**31, 2**47, -(2**47) - 1]),
)
VALUES = st.one_of(
    st.none(), INTEGERS, st.floats(allow_nan=False), st.text(st.characters(codec="utf-8")),
    st.binary(max_size=300), st.integers(400, 70_000).map(lambda size: b"x" * size),
)  # fmt: skip


def made(path: Path, values: list[Any], page_bytes: int = 4096) -> bytes:
    """A database of one table with these values."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(f"PRAGMA page_size = {page_bytes}")
        file.execute("CREATE TABLE t (key INTEGER PRIMARY KEY, value)")
        file.execute("BEGIN")
        file.executemany("INSERT INTO t (value) VALUES (?)", [(value,) for value in values])
        file.execute("COMMIT")
    return path.read_bytes()


def read(data: bytes) -> list[tuple[int, Any]]:
    found = [row for row in leaf_rows(data) if row is None or len(row.values) == 2]
    assert None not in found
    return sorted((row.rowid, row.values[1]) for row in found if row is not None)


@given(st.lists(VALUES, min_size=1, max_size=60), st.sampled_from([512, 1024, 4096, 65536]))
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_every_value_comes_back(tmp_path: Path, values: list[Any], page_bytes: int) -> None:
    data = made(tmp_path / "one.sqlite", values, page_bytes)
    assert read(data) == list(enumerate(values, 1))


def test_negative_row_ids(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite"
    made(path, [])
    with closing(sqlite3.connect(path)) as file:
        file.execute("INSERT INTO t VALUES (-5, 'below')")
        file.commit()
    assert read(path.read_bytes()) == [(-5, "below")]


def test_a_broken_overflow_page_costs_its_row_only(tmp_path: Path) -> None:
    data = bytearray(made(tmp_path / "one.sqlite", ["a", "b" * 9000, "c"]))
    first = data.index(b"b" * 4000) // 4096  # its first overflow page
    data[first * 4096 : first * 4096 + 4] = (2**31).to_bytes(4, "big")
    rows = [row for row in leaf_rows(bytes(data)) if row is None or len(row.values) == 2]
    assert rows.count(None) == 1
    assert [row.values[1] for row in rows if row] == ["a", "c"]


@given(st.binary(max_size=20_000))
def test_noise_is_no_row_and_never_an_error(noise: bytes) -> None:
    list(leaf_rows(noise))
    list(leaf_rows(b"SQLite format 3\0" + noise))
    list(leaf_rows(b"\x0d" + noise.ljust(4096, b"\x7f")))


def test_a_log_is_merged_up_to_its_last_whole_transaction(tmp_path: Path) -> None:
    path = tmp_path / "one.sqlite"
    made(path, ["before"])
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("INSERT INTO t (value) VALUES ('first')")
        whole = Path(f"{path}-wal").read_bytes()
        file.execute("INSERT INTO t (value) VALUES ('second')")
        log = Path(f"{path}-wal").read_bytes()
        copies = {}
        for name, content in {
            "whole": log, "cut": log[:-1], "first": whole, "none": b"", "noise": b"\xff" * 9000,
            "other salt": whole + log[len(whole) :].replace(log[16:24], bytes(8)),
        }.items():  # fmt: skip
            copy = tmp_path / f"{name}.sqlite"
            shutil.copy(path, copy)
            with copy.open("r+b") as merged:
                merge_log(merged, content)
            copies[name] = [value for _, value in read(copy.read_bytes())]
    assert copies == {
        "whole": ["before", "first", "second"], "cut": ["before", "first"],
        "first": ["before", "first"], "none": ["before"], "noise": ["before"],
        "other salt": ["before", "first"],
    }  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, 99, 4095])
def test_less_than_a_page(size: int) -> None:
    assert list(leaf_rows(b"\x0d" * size)) == []
