"""Which clocks are trusted, and why."""

from __future__ import annotations

from datetime import date, datetime, timezone
from pathlib import Path

import pytest

from edge_app import __released__, __version__
from edge_app.device.clock import (
    BUILT_S,
    CALM_S,
    ClockState,
    Moment,
    Witnesses,
    judge,
    jumped,
    likely_today,
    span,
    utc_of,
)  # fmt: skip

DAY_S = 86400.0
NOW_S = BUILT_S + 30 * DAY_S
BOOT_S = NOW_S - 600.0  # an offset: the device started ten minutes ago


@pytest.mark.parametrize(
    ("wall_s", "known", "trusted", "why"),
    [
        # a time server sets it
        (NOW_S, Witnesses(True), True, "is set by a time server"),
        # … and the ledger's last entry is ten seconds ahead: another station's clock is, too
        (NOW_S, Witnesses(True, last_entry_s=NOW_S + 10), True, "is set by a time server"),
        # … and yet it cannot be right
        (0.0, Witnesses(True), False, "says 1970-01-01, but this release was made on "),
        (BUILT_S - 1, Witnesses(True), False, "but this release was made on "),
        (NOW_S, Witnesses(True, last_entry_s=NOW_S + 2 * DAY_S), False,
         "is 2 days behind the last entry of the ledger"),
        # a board without anything
        (NOW_S, Witnesses(False), False, "there is no real-time clock"),
        (NOW_S, Witnesses(None), False, "there is no real-time clock"),
        (NOW_S, Witnesses(False, last_entry_s=NOW_S - DAY_S), False, "no real-time clock"),
        # a time server was there since the start
        (NOW_S, Witnesses(False, confirmed_s=BOOT_S), True, "nobody has set it since"),
        (NOW_S, Witnesses(False, confirmed_s=BOOT_S + 1), True, "nobody has set it since"),
        (NOW_S, Witnesses(None, confirmed_s=BOOT_S), True, "nobody has set it since"),
        # … and then somebody set the clock: even a real-time clock that agrees is no proof
        (NOW_S, Witnesses(False, confirmed_s=BOOT_S - 91 * DAY_S), False, "moved by 91 days"),
        (NOW_S, Witnesses(False, NOW_S, True, confirmed_s=BOOT_S - 91 * DAY_S), False, "moved by"),
        # a real-time clock
        (NOW_S, Witnesses(False, NOW_S), False, "may have no battery (trust_rtc)"),
        (NOW_S, Witnesses(False, NOW_S, True), True, "which the operator trusts"),
        (NOW_S, Witnesses(False, NOW_S - 30, True), True, "which the operator trusts"),
        (NOW_S, Witnesses(False, NOW_S - 7200, True), False, "real-time clock by 2 hours"),
        (NOW_S, Witnesses(False, None, True), False, "there is no real-time clock"),
        (0.0, Witnesses(False, 0.0, True), False, "says 1970-01-01"),
    ],
)  # fmt: skip
def test_what_is_trusted(wall_s: float, known: Witnesses, trusted: bool, why: str) -> None:
    judgement = judge(Moment(wall_s, 600.0), known)
    assert judgement.trusted == trusted and why in judgement.why


def test_a_moment() -> None:
    moment = Moment(NOW_S, 600.0)
    assert moment.offset_s == BOOT_S and moment.utc == utc_of(NOW_S)
    assert utc_of(0.0) == datetime(1970, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("step_s", "is_one"), [(0, False), (1.9, False), (-1.9, False), (2.1, True), (-3600, True)]
)
def test_a_jump(step_s: float, is_one: bool) -> None:
    assert jumped(BOOT_S, BOOT_S + step_s) == is_one


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (5, "5 seconds"), (60, "1 minute"), (7199, "2 hours"), (86400, "1 day"),
        (91 * DAY_S, "91 days"),
    ],
)  # fmt: skip
def test_a_span(seconds: float, said: str) -> None:
    assert span(seconds) == said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ClockState(True, ""), ""),
        (ClockState(True, "", CALM_S), ""),
        (ClockState(True, "", 120.0), "the clock jumped 2 minutes ago: nothing is deleted for an "
                                      "hour"),
        (ClockState(False, "says 1970"), "the clock is not trusted: it says 1970"),
        (ClockState(False, "says 1970", CALM_S), "the clock is not trusted: it says 1970"),
    ],
)  # fmt: skip
def test_why_nothing_is_deleted(state: ClockState, said: str) -> None:
    assert state.refusal == said


def test_the_release_was_made_when_the_changelog_says() -> None:
    text = Path(__file__).parents[2].joinpath("CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{__version__}] - {__released__}\n" in text


def test_today_is_not_before_the_release() -> None:
    made, born = date.fromisoformat(__released__), date(1970, 1, 1)
    assert likely_today(ClockState(False, "says 1970"), born) == made
    assert likely_today(ClockState(False, ""), date(2100, 1, 1)) == date(2100, 1, 1)
    assert likely_today(ClockState(True, ""), date(2100, 1, 1)) == date(2100, 1, 1)
