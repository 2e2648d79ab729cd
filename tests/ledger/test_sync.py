"""Two databases become one, whatever happens in between."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from sqlalchemy import event, select

from edge_app.errors import InputError
from edge_app.ledger import schema, sync
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.roster import Enrolment, SchoolClass, Student, class_id, student_id
from edge_app.values import Pose
from tests.ledger.making import make_start, make_verdict

Open = Callable[..., Ledger]
ADA = Student(student_id("", "7"), "7", "Ada", "Li")
GROUP = SchoolClass(class_id("", "7b"), "7b")


@pytest.fixture
def kiosk(tmp_path: Path, open_ledger: Open) -> Ledger:
    return open_ledger(f"{tmp_path}/kiosk.sqlite", "mat 1")


def _record(ledger: Ledger, attempts: int, repetitions: int = 4) -> None:
    ledger.roster.put([ADA], [GROUP], [Enrolment(GROUP.id, ADA.id)])
    for _ in range(attempts):
        recording = ledger.begin(make_start(ADA.id, GROUP.id))
        for number in range(1, repetitions + 1):
            points = np.full((18, 2), number, np.float32)
            recording.sample(Pose(points, points[:, 0], float(number)), 0.5, {"hip_deg": 90.0})
            recording.add(make_verdict(number, codes=("knee",)))
        recording.end("time")
        ledger.correct(recording.id, "score", "3", "Ms Li", "seen")


def _content(ledger: Ledger) -> dict[str, set]:
    """Every row that travels."""
    with ledger._database.read() as connection:
        return {
            table.name: {
                repr(sorted(r._mapping.items())) for r in connection.execute(select(table))
            }
            for table in (schema.stations, *schema.ROSTER, *schema.EVENTS)
        }


def test_everything_arrives_once(kiosk: Ledger, url: str, open_ledger: Open) -> None:
    _record(kiosk, 3)
    first = kiosk.send_to(url)
    assert first == sync.SyncReport(3 * (1 + 4 + 4 + 4 + 1 + 1) + 1, 3, 0)  # and the clock
    assert kiosk.send_to(url) == sync.SyncReport(0, 0, 0)
    assert kiosk.send_to(url, whole=True) == sync.SyncReport(0, 0, 0)
    server = open_ledger(url, "server")
    sent = _content(server)
    assert sent.pop("stations") > _content(kiosk)["stations"]
    assert sent == {k: v for k, v in _content(kiosk).items() if k != "stations"}
    recording = kiosk.begin(make_start())  # a running attempt travels too
    recording.add(make_verdict(1))
    assert kiosk.send_to(url).events_sent == 2
    recording.end("time")
    assert kiosk.send_to(url).events_sent == 1


def test_it_may_be_interrupted_anywhere(
    kiosk: Ledger, url: str, open_ledger: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The network goes at every single statement, one after the other."""
    monkeypatch.setattr(sync, "_CHUNK", 7)
    _record(kiosk, 2)
    target = sync.Database(url)
    target.migrate()
    left = [0]

    def unplugged(*_: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise ConnectionError("unplugged")

    for engine in (target._engine, kiosk._database._engine):
        event.listen(engine, "before_cursor_execute", unplugged)
        event.listen(engine, "commit", unplugged)
    tries = 0
    while True:
        tries += 1
        left[0] = tries
        try:
            sync.sync(kiosk._database, target)
            break
        except ConnectionError:
            continue
    assert tries > 20
    left[0] = 10**6
    server = open_ledger(url, "server")
    assert _content(server)["attempts"] == _content(kiosk)["attempts"]
    for name in ("repetitions", "faults", "endings", "corrections", "evidence", "enrolments"):
        assert _content(server)[name] == _content(kiosk)[name]
    target.close()


def test_an_interrupted_run_goes_on_where_it_was(
    kiosk: Ledger, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "_CHUNK", 7)
    _record(kiosk, 5)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kiosk.send_to(url, progress=stop)
    looked: list[int] = []
    kiosk.send_to(url, progress=looked.append)
    assert 0 < sum(looked) < 5 * 15


def test_corrections_on_the_server_come_after_what_they_correct(
    kiosk: Ledger, url: str, open_ledger: Open, tmp_path: Path
) -> None:
    """Whatever the clocks say: a server's events follow all it has received."""
    past = datetime(2020, 1, 1, tzinfo=timezone.utc)
    server = open_ledger(url, "server", now=lambda: past)
    _record(kiosk, 1)
    kiosk.send_to(url)
    (attempt,) = server.results.attempts()
    assert attempt.score == 3
    assert server.correct(attempt.id, "score", "4", "Mr Wu", "counted by hand").score == 4
    server.send_to(f"{tmp_path}/district.sqlite")
    district = open_ledger(f"{tmp_path}/district.sqlite", "district")
    assert [a.score for a in district.results.attempts()] == [4]


def test_two_kiosks_and_one_server(url: str, open_ledger: Open, tmp_path: Path) -> None:
    kiosks = [open_ledger(f"{tmp_path}/{i}.sqlite", "mat") for i in range(2)]
    for kiosk in kiosks:
        _record(kiosk, 2)
        kiosk.send_to(url)
    server = open_ledger(url, "server")
    assert len(server.results.attempts()) == 4
    assert server.roster.students() == [ADA]  # the same on both
    server.send_to(f"{tmp_path}/district.sqlite")
    _record(kiosks[0], 1)  # its sequence is behind the server's
    kiosks[0].send_to(url)
    assert server.send_to(f"{tmp_path}/district.sqlite").events_sent == 15
    district = open_ledger(f"{tmp_path}/district.sqlite", "district")
    assert len(district.results.attempts()) == 5


def test_the_later_change_of_the_roster_stands_on_both_sides(
    url: str, open_ledger: Open, tmp_path: Path
) -> None:
    day = [datetime(2026, 11, 22, tzinfo=timezone.utc)]
    kiosk = open_ledger(f"{tmp_path}/kiosk.sqlite", now=lambda: day[0])
    server = open_ledger(url, "server", now=lambda: day[0])
    _record(kiosk, 1)
    kiosk.send_to(url)
    day[0] += timedelta(days=1)
    server.roster.erase(ADA.id)
    assert kiosk.send_to(url) == sync.SyncReport(0, 0, 2)
    assert kiosk.roster.students() == [] and server.roster.students() == []
    assert kiosk.results.attempts()[0].student.name == ""


def test_a_server_restored_from_an_old_backup_gets_the_rest(
    kiosk: Ledger, open_ledger: Open, tmp_path: Path
) -> None:
    path = tmp_path / "server.sqlite"
    _record(kiosk, 1)
    kiosk.send_to(str(path))
    backup = path.read_bytes()
    _record(kiosk, 1)
    kiosk.send_to(str(path))
    path.write_bytes(backup)
    assert kiosk.send_to(str(path)).events_sent == 0  # it believes that it was sent
    assert kiosk.send_to(str(path), whole=True).events_sent == 15


def test_a_ledger_is_not_sent_to_itself(url: str, open_ledger: Open) -> None:
    with pytest.raises(InputError, match="with itself"):
        open_ledger(url).send_to(url)


def test_a_server_that_does_not_answer_gets_a_sentence(kiosk: Ledger) -> None:
    with pytest.raises(InputError, match="cannot be reached"):
        kiosk.send_to("postgresql://reps@127.0.0.1:1/school")
