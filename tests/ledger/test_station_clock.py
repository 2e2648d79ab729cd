"""What the ledger remembers of a station's clock."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Callable

import pytest

pytest.importorskip("sqlalchemy", reason="needs the extra `kiosk`")

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from edge_app.device.clock import CALM_S
from edge_app.errors import InputError
from edge_app.ledger import schema
from edge_app.ledger.ledger import Ledger
from edge_app.ledger.station_clock import clock_of
from tests.ledger.making import make_start
from tests.ledger.shaky_clock import DAY_S, HOUR_S, ShakyClock

Open = Callable[..., Ledger]


@pytest.fixture
def clock() -> ShakyClock:
    """Started in 1970, without a network."""
    clock = ShakyClock()
    clock.reboot(0.0)
    return clock


def spans(ledger: Ledger) -> list[Any]:
    with ledger._database.read() as connection:
        return list(connection.execute(select(schema.clocks).order_by(schema.clocks.c.seq)))


def test_a_row_for_each_start_jump_and_change_of_trust(
    url: str, open_ledger: Open, clock: ShakyClock
) -> None:
    ledger = open_ledger(url, clocks=clock.sources())
    ledger.begin(make_start())
    clock.true_s += 60
    ledger.begin(make_start())
    assert [row.trusted for row in spans(ledger)] == [False]
    clock.synchronise()
    ledger.clock.look()
    ledger.begin(make_start())
    clock.set(clock.true_s + HOUR_S)
    stamp = ledger.clock.stamp()  # notices a jump without being told to look
    assert [row.trusted for row in spans(ledger)] == [False, True, False]
    first, second, third = spans(ledger)
    assert stamp.clock_id == third.id and {row.boot for row in spans(ledger)} == {clock.boot}
    assert second.offset_s == pytest.approx(clock.boot_true_s)
    assert first.recorded_utc.year == 1970 and "says 1970-01-01" in first.why
    assert "moved by 1 hour" in third.why
    with pytest.raises(Exception, match="only grows: no"), ledger._database.write() as connection:
        connection.execute(schema.clocks.update().values(trusted=True))


def test_programs_of_one_start_share_a_row(url: str, open_ledger: Open, clock: ShakyClock) -> None:
    clock.synchronise()
    for name in ("kiosk", "command line", "kiosk"):
        ledger = open_ledger(url, name, clocks=clock.sources())
        ledger.begin(make_start())
        clock.network = False  # the second one learns of the time server from the first
        assert ledger.clock.look().trusted
    assert len(spans(ledger)) == 1
    clock.reboot(clock.true_s)
    ledger = open_ledger(url, "kiosk", clocks=clock.sources())
    assert not ledger.clock.look().trusted and len(spans(ledger)) == 2


def test_the_state(url: str, open_ledger: Open, clock: ShakyClock) -> None:
    ledger = open_ledger(url, clocks=clock.sources())
    state = ledger.clock.state
    assert not state.trusted and state.calm_s is None and state.corrected_s is None
    begun_s = clock.true_s
    clock.synchronise()
    state = ledger.clock.look()
    assert state.trusted and state.corrected_s == pytest.approx(begun_s)
    assert state.calm_s == 0 and "jumped 0 seconds ago" in state.refusal
    clock.true_s += CALM_S - 1
    assert ledger.clock.state.refusal != ""
    again = open_ledger(url, clocks=clock.sources())  # the hour does not begin again
    clock.true_s += 2
    assert ledger.clock.state.refusal == again.clock.look().refusal == ""
    assert again.clock.state.corrected_s == pytest.approx(begun_s)


def test_a_clock_behind_the_last_entry_is_not_trusted(
    url: str, open_ledger: Open, clock: ShakyClock
) -> None:
    clock.synchronise()
    ledger = open_ledger(url, clocks=clock.sources())
    ledger.begin(make_start())
    clock.true_s += DAY_S
    ledger.begin(make_start())
    clock.reboot(clock.true_s - 2 * HOUR_S)
    clock.network = True  # a time server that is wrong itself
    state = open_ledger(url, clocks=clock.sources()).clock.look()
    assert not state.trusted and state.why == "is 2 hours behind the last entry of the ledger"


def test_entries_of_a_clock_that_was_fast_are_no_witness(
    url: str, open_ledger: Open, clock: ShakyClock
) -> None:
    clock.set(clock.true_s + 91 * DAY_S)
    open_ledger(url, clocks=clock.sources()).begin(make_start())
    clock.reboot(0.0)
    clock.synchronise()
    assert open_ledger(url, clocks=clock.sources()).clock.look().trusted


def test_a_real_time_clock_that_the_operator_trusts(
    url: str, open_ledger: Open, clock: ShakyClock
) -> None:
    clock.set(clock.true_s)
    sources = replace(clock.sources(), rtc_s=lambda: clock.true_s)
    assert not open_ledger(url, clocks=sources).clock.look().trusted
    assert open_ledger(url, clocks=replace(sources, rtc_trusted=True)).clock.look().trusted


def test_a_ledger_that_cannot_be_read_stops_no_stamp(
    tmp_path: Path, open_ledger: Open, clock: ShakyClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.sqlite"), clocks=clock.sources())
    clock.synchronise()

    def gone(*_: object) -> None:
        raise OperationalError("BEGIN", None, Exception("disk I/O error"))

    with monkeypatch.context() as broken:
        broken.setattr(ledger._database, "read", gone)
        broken.setattr(ledger._database, "write", gone)
        stamp = ledger.clock.stamp()
        assert stamp.utc.timestamp() == pytest.approx(clock.true_s)
        state = ledger.clock.look()
        assert not state.trusted and "cannot be read" in state.why
    assert ledger.pending == 1
    assert ledger.clock.look().trusted
    assert ledger.pending == 0
    assert [(row.id == stamp.clock_id, row.trusted) for row in spans(ledger)] == [
        (True, False),
        (False, True),
    ]


def test_a_look_from_outside_writes_nothing(
    url: str, open_ledger: Open, clock: ShakyClock, tmp_path: Path
) -> None:
    ledger = open_ledger(url, clocks=clock.sources())
    state = clock_of(url, clock.sources())
    assert state is not None and not state.trusted and spans(ledger) == []
    begun_s = clock.true_s
    ledger.clock.look()
    clock.synchronise()
    state = clock_of(url, clock.sources())
    assert state is not None and state.trusted
    assert state.corrected_s == pytest.approx(begun_s) and len(spans(ledger)) == 1
    assert clock_of(str(tmp_path / "none.sqlite"), clock.sources()) is None
    assert not (tmp_path / "none.sqlite").exists()
    (tmp_path / "junk.sqlite").write_bytes(b"x" * 5000)
    assert clock_of(str(tmp_path / "junk.sqlite"), clock.sources()) is None
    with pytest.raises(InputError):
        clock_of("mysql://x", clock.sources())
