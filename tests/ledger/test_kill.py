"""SIGKILL at random moments: what was shown is there, once."""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import time
import uuid
from collections import defaultdict
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from sqlalchemy import func, select

from edge_app.ledger import schema
from edge_app.ledger.ledger import Ledger
from tests.ledger.writer import REPETITIONS, write_until_killed

KILLS = 50


def _killed_run(
    context: multiprocessing.context.BaseContext, url: str, after: int, later_s: float
) -> list:
    """What one writer showed until it was killed, `later_s` after its message number `after`."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = context.Process(target=write_until_killed, args=(url, there))
    process.start()
    there.close()
    messages = [here.recv() for _ in range(after)]
    time.sleep(later_s)
    process.kill()
    with contextlib.suppress(EOFError):
        while True:  # what it had said before it died
            messages.append(here.recv())
    process.join()
    assert process.exitcode == -9, "the writer failed by itself"
    process.close()
    here.close()
    return messages


@pytest.mark.slow
def test_nothing_that_was_shown_is_lost_or_doubled(
    url: str, open_ledger: Callable[..., Ledger]
) -> None:
    draw = random.Random(6)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["writer", "edge_app.ledger.ledger", "psycopg"])
    open_ledger(url)
    shown: dict[uuid.UUID, set] = defaultdict(set)
    for _ in range(KILLS):
        after, later_s = draw.randrange(15), draw.uniform(0, 0.05)
        for attempt, what in _killed_run(context, url, after, later_s):
            shown[attempt].add(what)

    ledger = open_ledger(url)
    ledger.close_unfinished()
    stored = {record.id: record for record in ledger.results.each()}
    assert set(shown) <= set(stored)
    for key, record in stored.items():
        detail = ledger.results.attempt(key)
        numbers = [r.number for r in detail.repetitions]
        assert numbers == list(range(1, len(numbers) + 1))
        assert {n for n in shown[key] if isinstance(n, int) and n} <= set(numbers)
        assert all([f.code for f in r.reasons] == ["knee"] for r in detail.repetitions)
        if "time" in shown[key]:
            assert record.ended == "time" and len(numbers) == REPETITIONS
        assert record.ended in ("time", "unfinished")
    assert "unfinished" in {record.ended for record in stored.values()}
    _check_rows(ledger)


def _check_rows(ledger: Ledger) -> None:
    """Every event has a sequence number of its own, and every attempt one ending."""
    with ledger._database.read() as connection:
        seqs = [s for t in schema.EVENTS for s in connection.scalars(select(t.c.seq))]
        count = select(func.count()).select_from
        attempts = connection.scalar(count(schema.attempts))
        assert connection.scalar(count(schema.endings)) == attempts
    assert len(seqs) == len(set(seqs))
