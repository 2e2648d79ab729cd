"""Judges the wall clock of a device that may have no battery: it starts in 1970, or when it was
last switched off, until a time server sets it.

Pure: what was read comes in, a judgement goes out. `device.clock_sources` reads a real device.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timezone

from edge_app import __released__

JUMP_S = 2.0  # a larger step of the wall clock against the time since the start is a jump
BEHIND_S = 60.0  # as far behind the last entry a right clock may be: another station's runs ahead
RTC_APART_S = 60.0  # as far a real-time clock may be from the wall clock and still vouch for it
CALM_S = 3600.0  # after a jump, nothing is deleted for this long
BUILT_S = datetime.fromisoformat(f"{__released__}T00:00:00+00:00").timestamp()


@dataclass(frozen=True)
class Moment:
    """One moment on two clocks.

    Attributes:
        wall_s: seconds since 1970, as the wall clock says.
        boot_s: seconds since the device started, standby included; nobody can set this clock.
    """

    wall_s: float
    boot_s: float

    @property
    def offset_s(self) -> float:
        """Wall clock minus time since the start: constant until the wall clock jumps."""
        return self.wall_s - self.boot_s

    @property
    def utc(self) -> datetime:
        """The wall clock's time, aware."""
        return utc_of(self.wall_s)


@dataclass(frozen=True)
class Witnesses:
    """What may speak for or against the wall clock.

    Attributes:
        synchronised: a time server sets the clock now; None if that cannot be found out.
        rtc_s: what a real-time clock says, in seconds since 1970; None without one.
        rtc_trusted: the operator says that the real-time clock has a battery.
        last_entry_s: the last time in the ledger that a trusted clock gave; None if there is none.
        confirmed_s: the offset at which the clock was trusted since the start; None if never.
        built_s: when this release was made.
    """

    synchronised: bool | None
    rtc_s: float | None = None
    rtc_trusted: bool = False
    last_entry_s: float | None = None
    confirmed_s: float | None = None
    built_s: float = BUILT_S


@dataclass(frozen=True)
class Judgement:
    """Whether the wall clock is trusted, and why, as the end of "the clock …"."""

    trusted: bool
    why: str


@dataclass(frozen=True)
class ClockState:
    """What the pages and the doctor show.

    Attributes:
        trusted, why: the judgement.
        calm_s: seconds since the last jump that was seen since the start; None without one.
        corrected_s: by how much the last correction since the start moved recorded times, positive
            if the clock had been slow; None without one.
    """

    trusted: bool
    why: str
    calm_s: float | None = None
    corrected_s: float | None = None

    @property
    def refusal(self) -> str:
        """ "" if data past its term may be deleted, else one sentence that says why not."""
        if not self.trusted:
            return f"the clock is not trusted: it {self.why}"
        if self.calm_s is not None and self.calm_s < CALM_S:
            return f"the clock jumped {span(self.calm_s)} ago: nothing is deleted for an hour"
        return ""


def jumped(before_s: float, now_s: float) -> bool:
    """Whether the wall clock was set between two readings of `Moment.offset_s`."""
    return abs(now_s - before_s) > JUMP_S


def judge(moment: Moment, known: Witnesses) -> Judgement:
    """Trusts a clock that a time server has set since the start, or a real-time clock for which
    the operator vouches; never one that is before the release or behind the ledger.
    """
    if moment.wall_s < known.built_s:
        made = utc_of(known.built_s)
        said = f"says {moment.utc:%Y-%m-%d}, but this release was made on {made:%Y-%m-%d}"
        return Judgement(False, said)
    if known.last_entry_s is not None and known.last_entry_s - moment.wall_s > BEHIND_S:
        behind = span(known.last_entry_s - moment.wall_s)
        return Judgement(False, f"is {behind} behind the last entry of the ledger")
    if known.synchronised:
        return Judgement(True, "is set by a time server")
    if known.confirmed_s is None:
        return _by_rtc(moment, known)
    if jumped(known.confirmed_s, moment.offset_s):
        moved = span(abs(moment.offset_s - known.confirmed_s))
        return Judgement(False, f"was trusted since the start, and was then moved by {moved}")
    return Judgement(True, "was trusted since the start, and nobody has set it since")


def _by_rtc(moment: Moment, known: Witnesses) -> Judgement:
    """The judgement of a clock that no time server has set since the start."""
    alone = "was not set by a time server since the start, and "
    if known.rtc_s is None:
        return Judgement(False, f"{alone}there is no real-time clock")
    if not known.rtc_trusted:
        return Judgement(False, f"{alone}the real-time clock may have no battery (trust_rtc)")
    apart_s = abs(known.rtc_s - moment.wall_s)
    if apart_s > RTC_APART_S:
        return Judgement(False, f"{alone}differs from the real-time clock by {span(apart_s)}")
    return Judgement(True, "agrees with the real-time clock, which the operator trusts")


def likely_today(state: ClockState, today: date) -> date:
    """Today as the clock says, but not before this release if it is not trusted."""
    return today if state.trusted else max(today, utc_of(BUILT_S).date())


def utc_of(wall_s: float) -> datetime:
    """Seconds since 1970 as an aware time."""
    return datetime.fromtimestamp(wall_s, timezone.utc)


def span(seconds: float) -> str:
    """A length of time in its largest unit, such as "3 days"."""
    for unit, length_s in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length_s:
            number = round(seconds / length_s)
            return f"{number} {unit}{'s' if number != 1 else ''}"
    return f"{seconds:.0f} seconds"
