"""Any order of what may happen to a kiosk: the ledger says what a list in memory says."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from edge_app.ledger.ledger import Ledger
from edge_app.ledger.recording import Recording
from tests.ledger.making import make_start, make_verdict


class Kiosk(RuleBasedStateMachine):
    """One station that loses its power, and a server that it reaches now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.running: Recording | None = None
        self.order: list[uuid.UUID] = []
        self.counted: dict[uuid.UUID, dict[int, bool]] = {}
        self.said: dict[uuid.UUID, int] = {}  # scores that a teacher gave
        self.ended: dict[uuid.UUID, str] = {}

    @initialize()
    def start(self) -> None:
        self.ledger = Ledger(f"{self.path}/kiosk.sqlite")
        self.server = Ledger(f"{self.path}/server.sqlite", "server")

    @precondition(lambda self: self.running is None)
    @rule()
    def begin(self) -> None:
        self.running = self.ledger.begin(make_start())
        self.order.append(self.running.id)
        self.counted[self.running.id] = {}
        self.ended[self.running.id] = ""

    @precondition(lambda self: self.running is not None)
    @rule(counted=st.booleans())
    def repetition(self, counted: bool) -> None:
        so_far = self.counted[self.running.id]
        number = len(so_far) + 1
        assert self.running.add(make_verdict(number, counted))
        so_far[number] = counted

    @precondition(lambda self: self.running is not None)
    @rule()
    def end(self) -> None:
        assert self.running.end("time")
        self.ended[self.running.id] = "time"
        self.running = None

    @rule()
    def power_fails(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(f"{self.path}/kiosk.sqlite", move_aside=True)
        assert self.ledger.notes == []
        lost = [record.id for record in self.ledger.close_unfinished()]
        assert lost == ([self.running.id] if self.running else [])
        self.ended.update(dict.fromkeys(lost, "unfinished"))
        self.running = None

    @precondition(lambda self: self.order)
    @rule(data=st.data(), score=st.integers(0, 99))
    def teacher_gives_a_score(self, data: st.DataObject, score: int) -> None:
        attempt = data.draw(st.sampled_from(self.order))
        self.ledger.correct(attempt, "score", str(score), "Ms Li", "seen")
        self.said[attempt] = score

    @precondition(lambda self: any(self.counted.values()))
    @rule(data=st.data(), counts=st.booleans())
    def teacher_judges_one(self, data: st.DataObject, counts: bool) -> None:
        attempt = data.draw(st.sampled_from([a for a in self.order if self.counted[a]]))
        number = data.draw(st.sampled_from(sorted(self.counted[attempt])))
        value = "counted" if counts else "rejected"
        self.ledger.correct(attempt, "repetition", value, "Ms Li", "seen", number)
        self.counted[attempt][number] = counts

    @rule(whole=st.booleans())
    def sync(self, whole: bool) -> None:
        self.ledger.send_to(f"{self.path}/server.sqlite", whole)
        assert self._told(self.server) == self._told(self.ledger)

    def teardown(self) -> None:
        """Everything is compared at the end of every run."""
        expected = [
            (a, self.said.get(a, sum(self.counted[a].values())), self.ended[a],
             len(self.counted[a])) for a in reversed(self.order)
        ]  # fmt: skip
        assert self._told(self.ledger) == expected
        assert self.ledger.check() == []
        self.ledger.send_to(f"{self.path}/server.sqlite")
        assert self._told(self.server) == expected
        self.ledger.close()
        self.server.close()
        self.folder.cleanup()

    @staticmethod
    def _told(ledger: Ledger) -> list[tuple[uuid.UUID, int, str, int]]:
        return [(r.id, r.score, r.ended, r.repetitions) for r in ledger.results.each()]


TestKiosk = pytest.mark.slow(Kiosk.TestCase)
TestKiosk.settings = settings(
    max_examples=15,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
