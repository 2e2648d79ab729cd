"""What happens on a mat becomes rows of the ledger."""

from __future__ import annotations

import uuid

import pytest

pytest.importorskip("fastapi", reason="needs the kiosk extra")
pytest.importorskip("sqlalchemy", reason="needs the kiosk extra")

from edge_app.kiosk.attempt_recorder import NOT_BEGUN
from edge_app.kiosk.kiosk import Kiosk
from tests.kiosk.fakes import attempt


def test_the_evidence_has_every_picture_from_go_on(kiosk: Kiosk) -> None:
    for _ in range(2):  # the second one must not give its first picture to the first
        t_s = kiosk.ledger.results.track(attempt(kiosk)).t_s
        assert (t_s == 0.0).sum() == 1
        after = t_s[t_s >= 0]
        assert max(after[1:] - after[:-1]) < 0.05 and len(after) > 50


def test_an_attempt_that_cannot_begin_writes_nothing_into_the_last_one(kiosk: Kiosk) -> None:
    before = kiosk.ledger.results.attempt(attempt(kiosk))
    kiosk.loop.student({"id": str(uuid.uuid4()), "class_id": None, "name": "Nobody"})
    attempt(kiosk, len(before.repetitions) + 2)
    assert kiosk.page_state.snapshot()["problem"] == NOT_BEGUN
    assert kiosk.ledger.results.attempt(before.attempt.id) == before
