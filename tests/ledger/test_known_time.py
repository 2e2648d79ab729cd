"""Times recorded before the clock was right are read as what they were; both are kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from sqlalchemy import select

from edge_app.device.clock import utc_of
from edge_app.ledger import schema
from edge_app.ledger.finished_attempt import FinishedAttempt
from edge_app.ledger.known_time import worth_of
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.records import Filter
from tests.ledger.making import make_start, make_verdict
from tests.ledger.shaky_clock import DAY_S, HOUR_S, ShakyClock

Open = Callable[..., Ledger]
MS = timedelta(milliseconds=1)


@pytest.fixture
def clock() -> ShakyClock:
    """Started in 1970, without a network."""
    clock = ShakyClock()
    clock.reboot(0.0)
    return clock


def test_an_attempt_of_before_the_correction(
    url: str, open_ledger: Open, clock: ShakyClock
) -> None:
    ledger = open_ledger(url, clocks=clock.sources())
    clock.true_s += 30
    began_s = clock.true_s
    recording = ledger.begin(make_start())
    recording.add(make_verdict(1))
    clock.true_s += 60
    ledger.correct(recording.id, "score", "3", "Ms Li", "seen")
    record = ledger.results.attempt(recording.id).attempt
    assert record.clock == "untrusted" and not record.clock_trusted
    assert record.started_utc == record.recorded_start_utc == utc_of(30.0)

    clock.synchronise()
    ledger.clock.look()
    detail = ledger.results.attempt(recording.id)
    record = detail.attempt
    assert record.clock == "corrected" and record.recorded_start_utc == utc_of(30.0)
    assert abs(record.started_utc - utc_of(began_s)) < MS
    assert abs(detail.corrections[0].recorded_utc - utc_of(began_s + 60)) < MS
    assert abs(detail.repetitions[0].recorded_utc - utc_of(began_s)) < MS

    after = ledger.begin(make_start())
    record = ledger.results.attempt(after.id).attempt
    assert record.clock == "trusted" and record.clock_trusted
    assert record.started_utc == record.recorded_start_utc


def test_the_next_start_knows_nothing_of_the_one_before(
    url: str, open_ledger: Open, clock: ShakyClock
) -> None:
    first = open_ledger(url, clocks=clock.sources()).begin(make_start())
    clock.reboot(0.0)
    ledger = open_ledger(url, clocks=clock.sources())
    second = ledger.begin(make_start())
    clock.synchronise()
    ledger.clock.look()
    found = {one.id: one.clock for one in ledger.results.attempts()}
    assert found == {first.id: "untrusted", second.id: "corrected"}


def test_a_clock_that_somebody_sets_wrong_is_corrected_by_what_it_was(
    url: str, open_ledger: Open, clock: ShakyClock
) -> None:
    ledger = open_ledger(url, clocks=clock.sources())
    clock.synchronise()
    ledger.clock.look()
    clock.set(clock.true_s + 91 * DAY_S)
    recording = ledger.begin(make_start())
    record = ledger.results.attempt(recording.id).attempt
    assert record.clock == "corrected"
    assert abs(record.started_utc - utc_of(clock.true_s)) < MS
    assert record.recorded_start_utc - record.started_utc > timedelta(days=90)


def test_days_are_those_of_the_right_clock(url: str, open_ledger: Open, clock: ShakyClock) -> None:
    ledger = open_ledger(url, clocks=clock.sources())
    untrusted = ledger.begin(make_start())
    clock.reboot(0.0)
    ledger = open_ledger(url, clocks=clock.sources())
    corrected = ledger.begin(make_start())
    clock.true_s += HOUR_S
    clock.synchronise()
    trusted = ledger.begin(make_start())
    now = utc_of(clock.true_s)

    def between(since: timedelta | None, until: timedelta | None) -> list:
        wanted = Filter(
            since=None if since is None else now + since,
            until=None if until is None else now + until,
        )
        return [one.id for one in ledger.results.attempts(wanted)]

    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    assert between(-2 * hour, minute) == [trusted.id, corrected.id]
    assert between(-2 * hour, -minute) == [corrected.id]
    assert between(-minute, None) == [trusted.id]
    assert between(None, -2 * hour) == [untrusted.id]
    assert between(None, None) == [trusted.id, corrected.id, untrusted.id]


def test_a_clip_of_an_archive_keeps_its_own_time(
    url: str, open_ledger: Open, clock: ShakyClock
) -> None:
    ledger = open_ledger(url, clocks=clock.sources())
    start, made = make_start(), utc_of(clock.true_s - 1000 * DAY_S)
    ledger.store(FinishedAttempt(start.id, start, made, (), (), "stopped"))
    clock.synchronise()
    ledger.clock.look()
    assert ledger.results.attempt(start.id).attempt.started_utc == made


def test_events_from_before_0_3_have_no_clock(url: str, open_ledger: Open) -> None:
    ledger = open_ledger(url)
    recording = ledger.begin(make_start())
    with ledger._database.read() as connection:
        row = dict(connection.execute(select(schema.attempts)).one()._mapping)
        assert worth_of(connection, [None]) == {}
    old = make_start().id
    with ledger._database.write() as connection:
        row.update(id=old, seq=row["seq"] + 1, clock_id=None, started_boot_s=None)
        connection.execute(schema.attempts.insert(), [row])
    found = {one.id: one for one in ledger.results.attempts()}
    assert found[old].clock == "" and found[old].started_utc == found[recording.id].started_utc


def test_the_correction_travels_with_the_results(
    url: str, open_ledger: Open, clock: ShakyClock, tmp_path: Path
) -> None:
    kiosk = open_ledger(f"{tmp_path}/kiosk.sqlite", "kiosk", clocks=clock.sources())
    began_s = clock.true_s
    kiosk.begin(make_start())
    kiosk.send_to(url)
    clock.synchronise()
    kiosk.clock.look()
    kiosk.send_to(url)
    (record,) = open_ledger(url, "server").results.attempts()
    assert record.clock == "corrected" and abs(record.started_utc - utc_of(began_s)) < MS
