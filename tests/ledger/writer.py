"""A kiosk that does nothing but record attempts; it is there to be killed."""

from __future__ import annotations

import itertools
from multiprocessing.connection import Connection

from edge_app.ledger.ledger import Ledger
from tests.ledger.making import make_start, make_verdict

REPETITIONS = 5


def write_until_killed(url: str, shown: Connection) -> None:
    """Tells what it would show, right after the ledger said that it is stored."""
    ledger = Ledger(url, wait_s=10)
    for record in ledger.close_unfinished():
        shown.send((record.id, "unfinished"))
    while True:
        recording = ledger.begin(make_start())
        assert not recording.problem
        shown.send((recording.id, 0))
        for number in itertools.islice(itertools.count(1), REPETITIONS):
            assert recording.add(make_verdict(number, counted=number != 2, codes=("knee",)))
            shown.send((recording.id, number))
        assert recording.end("time")
        shown.send((recording.id, "time"))
        ledger.retry()
