"""Whatever happens to the clock, nothing goes that a right clock would have kept; and when the
clock is right for long enough, everything goes whose time is over.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Callable, Mapping

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")
pytest.importorskip("fastapi", reason="needs the kiosk extra")

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from edge_app.device.clock import CALM_S
from edge_app.kiosk.retention_job import RetentionJob
from edge_app.kiosk.videos import Videos
from edge_app.ledger import schema
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.retention import Retention
from edge_app.ledger.roster import by_hand
from edge_app.values import Pose
from tests.ledger.making import make_start, make_verdict
from tests.ledger.shaky_clock import DAY_S, HOUR_S, MINUTE_S, ShakyClock

EVIDENCE_DAYS, NAMES_DAYS, VIDEO_DAYS = 90, 400, 14
LONGEST_DAYS = NAMES_DAYS + 1
SPANS_S = st.one_of(
    st.sampled_from([MINUTE_S, HOUR_S, 2 * HOUR_S, DAY_S]),
    st.floats(1, 100).map(lambda days: days * DAY_S),
)
# Of a clock, when somebody sets it or the device starts: seconds since 1970, from the right time.
WALLS: Mapping[str, Callable[[float], float]] = {
    "1970": lambda true_s: 0.0,
    "2018": lambda true_s: 1517200000.0,
    "right": lambda true_s: true_s,
    "two days slow": lambda true_s: true_s - 2 * DAY_S,
    "91 days fast": lambda true_s: true_s + 91 * DAY_S,
    "years fast": lambda true_s: true_s + 3000 * DAY_S,
    "an hour fast": lambda true_s: true_s + HOUR_S,
}


class Storm(RuleBasedStateMachine):
    """A kiosk in use; the model keeps the right time of everything."""

    empty: Path  # a new ledger, made once

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="reps-storm"))
        self.clock = ShakyClock()
        self.videos = Videos(self.folder / "videos")
        self.videos.folder.mkdir()
        self.evidence_s: dict[uuid.UUID, float] = {}  # attempt → when, by a right clock
        self.video_s: dict[uuid.UUID, float] = {}
        self.name_s: dict[uuid.UUID, float] = {}  # student → last change or attempt
        self.ledger = self.opened()

    def opened(self) -> Ledger:
        path = self.folder / "ledger.sqlite"
        if not path.exists():
            shutil.copy(self.empty, path)
        ledger = Ledger(str(path), "kiosk", self.clock.sources())
        ledger.close_unfinished()
        return ledger

    @rule(span_s=SPANS_S)
    def time_passes(self, span_s: float) -> None:
        self.clock.true_s += span_s

    @rule(wall=st.sampled_from(sorted(WALLS)))
    def somebody_sets_the_clock(self, wall: str) -> None:
        self.clock.set(WALLS[wall](self.clock.true_s))

    @rule(wall=st.sampled_from(sorted(WALLS)))
    def device_restarts(self, wall: str) -> None:
        self.ledger.close()
        self.clock.reboot(WALLS[wall](self.clock.true_s))
        self.ledger = self.opened()

    @rule(wall=st.sampled_from(sorted(WALLS)))
    def lesson(self, wall: str) -> None:
        """A device without a network is switched on for it."""
        self.device_restarts(wall)
        self.student_is_added()
        self.attempt(by=1, minutes=1)

    @rule(span_s=SPANS_S)
    def quiet_day(self, span_s: float) -> None:
        """The network is there, and the device runs for long enough to delete."""
        self.clock.synchronise()
        self.ledger.clock.look()
        self.clock.true_s += CALM_S + span_s
        self.retention_runs()

    @rule()
    def program_restarts(self) -> None:
        self.ledger.close()
        self.ledger = self.opened()

    @rule()
    def ledger_is_moved_aside(self) -> None:
        """Its videos stay beside the new one."""
        self.ledger.close()
        for path in self.folder.glob("ledger.sqlite*"):
            path.unlink()
        self.evidence_s, self.name_s = {}, {}
        self.ledger = self.opened()

    @rule()
    def time_server_answers(self) -> None:
        self.clock.synchronise()

    @rule()
    def network_is_lost(self) -> None:
        self.clock.network = False

    @rule()
    def clock_is_looked_at(self) -> None:
        self.ledger.clock.look()

    @rule()
    def student_is_added(self) -> None:
        student = by_hand("Ada", "Li")
        self.ledger.roster.put([student])
        self.name_s[student.id] = self.clock.true_s

    @rule(by=st.integers(0, 3), minutes=st.integers(0, 30))
    def attempt(self, by: int, minutes: int) -> None:
        students = [*self.name_s][:by]
        student = students[-1] if students else None
        if student and self.ledger.roster.student(student).erased:
            student = None
        recording = self.ledger.begin(make_start(student))
        recording.sample(Pose.nobody(0.0), 0.5, {})
        recording.add(make_verdict(1))
        self.clock.true_s += minutes * MINUTE_S
        recording.sample(Pose.nobody(1.0), 0.5, {})
        recording.end("time")
        self.videos.path(recording.id).write_bytes(b"film")
        self.evidence_s[recording.id] = self.video_s[recording.id] = self.clock.true_s
        if student:
            self.name_s[student] = self.clock.true_s

    @rule()
    def retention_runs(self) -> None:
        """As after a start of the program: it need not be a day since the last one."""
        RetentionJob(
            self.ledger, self.videos, Retention(EVIDENCE_DAYS, NAMES_DAYS), VIDEO_DAYS
        ).look()

    def kept(self) -> tuple[set[uuid.UUID], set[uuid.UUID], set[uuid.UUID]]:
        """Attempts with whole evidence, those with a video, students with a name."""
        e, s = schema.evidence.c, schema.students.c
        with self.ledger._database.read() as connection:
            parts = list(connection.execute(select(e.attempt_id)).scalars())
            names = set(connection.execute(select(s.id).where(~s.erased)).scalars())
        return {one for one in parts if parts.count(one) == 2}, set(self.videos.attempts()), names

    @invariant()
    def nothing_is_lost(self) -> None:
        terms = (EVIDENCE_DAYS, VIDEO_DAYS, NAMES_DAYS)
        for there, since, days in zip(
            self.kept(), (self.evidence_s, self.video_s, self.name_s), terms
        ):
            young = {k for k, s in since.items() if self.clock.true_s - s < days * DAY_S}
            assert young <= there, f"{len(young - there)} went before {days} days were over"

    def teardown(self) -> None:
        """The clock is right from now on: all that is here goes when its term is over."""
        self.clock.synchronise()
        self.ledger.clock.look()
        self.clock.true_s += CALM_S + 1
        self.retention_runs()
        self.clock.true_s += LONGEST_DAYS * DAY_S
        self.retention_runs()
        kept = self.kept()
        self.ledger.close()
        shutil.rmtree(self.folder)
        assert kept == (set(), set(), set()), "something stayed after its term"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("storm") / "empty.sqlite"
    Ledger(str(path)).close()
    return path


@pytest.mark.parametrize("wall", sorted(WALLS))
@pytest.mark.parametrize("then", ["time server", "next lesson", "no network", "set by hand"])
def test_a_lesson_under_each_clock(empty: Path, wall: str, then: str) -> None:
    """What the machine below finds by chance, once for each clock for certain."""
    Storm.empty = empty
    storm = Storm()
    if then == "set by hand":
        storm.quiet_day(0)
        storm.attempt(0, 1)
        storm.somebody_sets_the_clock(wall)
        storm.clock.true_s += 2 * HOUR_S
        storm.retention_runs()
        storm.nothing_is_lost()
    storm.lesson(wall)
    if then == "no network":
        storm.retention_runs()
        storm.nothing_is_lost()
    if then == "next lesson":
        storm.lesson("right")
    for days in (0, VIDEO_DAYS - 1, EVIDENCE_DAYS - VIDEO_DAYS, NAMES_DAYS - EVIDENCE_DAYS - 1):
        storm.quiet_day(days * DAY_S)
        storm.nothing_is_lost()
        storm.attempt(0, 1)  # of a guest: it renews no name
    storm.teardown()


def _weather(empty: Path, examples: int, steps: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Storm.empty = empty
    run_state_machine_as_test(
        Storm,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )


def test_nothing_is_lost_and_all_goes_in_the_end(empty: Path) -> None:
    """EDGE_REPS_WEATHER=150x50 is the long form: so many histories of so many steps."""
    histories, steps = os.environ.get("EDGE_REPS_WEATHER", "40x20").split("x")
    _weather(empty, int(histories), int(steps))
